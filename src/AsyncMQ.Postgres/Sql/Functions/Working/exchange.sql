-- One round trip of a worker: settles, tells dependents, expires, promotes, claims. What is settled is given in columns, as in settle_all.
-- Answer: a row with what came of each settlement (a byte), how long until the queues asked for may have work (NULL: nothing is known to come), and other
-- queues that have; then a row for each claim, with the place (from 1) of the claim that it belongs to. Sent again: the claims as they are now.
-- Arguments and options are told for the first claims only, 64 KB of them, which the network takes though nobody reads: the lock is held until all of the
-- answer is sent. Those of the others (NULL) are read by claimed_payloads.
CREATE OR REPLACE FUNCTION exchange(
    p_session uuid, p_lane int, p_step bigint, p_slots int, p_prefetch int, p_queues text[], p_most int[],
    p_handles bigint[], p_lanes int[], p_steps bigint[], p_kinds smallint[], p_data bytea[], p_delays interval[])
RETURNS TABLE (settled bytea, next_work interval, ready text[], claim int, handle bigint, id text, name text, payload bytea, envelope bytea, attempt int,
    stalls int, flags smallint, priority int, added timestamptz, waited interval) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    most_effects constant int := 1000;
    c step_context := enter(p_session, p_lane, p_step);
    queues queue[];
    q queue;
    s queue_state;
    outcomes bytea := '';
    expiries int := most_effects;
    promotions int := most_effects;
    taken bigint[] := '{}';
    since timestamptz[] := '{}';
    of int[] := '{}';
    got record;
    wanted int;
    earliest timestamptz := 'infinity';
    had_effects bool;
    left_effects bool := false;
    is_in_order bool := true;                              -- claims are told by queue, priority and sequence
    may_claim bool := c.lease IS NOT NULL AND NOT c.quiet;
BEGIN
    IF c.again THEN
        RETURN QUERY SELECT * FROM claimed_again(c, p_queues, cardinality(p_handles));
        RETURN;
    END IF;

    IF cardinality(p_handles) > 0 THEN
        outcomes := settle_all(c, p_handles, p_lanes, p_steps, p_kinds, p_data, p_delays);
    END IF;
    had_effects := has_effects();
    IF had_effects THEN
        PERFORM spread(c);
    END IF;
    had_effects := had_effects OR coalesce(c.took, false);

    queues := ARRAY(SELECT found FROM unnest(p_queues) WITH ORDINALITY AS n(name, place)
        LEFT JOIN LATERAL (SELECT queue AS found FROM queue WHERE queue.name = n.name LIMIT 1) AS f ON true ORDER BY place);
    IF c.lease IS NOT NULL THEN
        PERFORM pass_time(c, queues, most_effects);
    END IF;

    IF may_claim THEN
        FOR i IN 1 .. cardinality(p_queues) LOOP
            q := queues[i];
            CONTINUE WHEN q.id IS NULL;
            s := state_of(q.id);
            wanted := least(p_most[i], p_slots + p_prefetch - cardinality(taken), budget_of(q, s, c.at));
            IF wanted > 0 AND s.counts[1] > 0 THEN
                IF s.keyed = 0 AND s.parked = 0 THEN
                    SELECT * INTO got FROM claim_plain(c, q, s, wanted, p_slots - cardinality(taken));
                ELSE
                    SELECT * INTO got FROM claim_in_turn(c, q, s, wanted, p_slots - cardinality(taken));
                END IF;
                IF cardinality(got.handles) > 0 THEN
                    PERFORM save_state(spend_permits(q, got.s, cardinality(got.handles), c.at));
                    taken := taken || got.handles;
                    since := since || got.sinces;
                    is_in_order := is_in_order AND s.keyed + s.parked = 0 AND array_position(p_queues, q.name) = i;
                    of := of || array_fill(i, ARRAY[cardinality(got.handles)]);
                END IF;
            END IF;
        END LOOP;
        IF cardinality(taken) > 0 AND has_completions() THEN
            SELECT w.p_taken, w.p_of, w.p_since INTO taken, of, since FROM without_completed(c, taken, of, since) AS w;
            had_effects := true;
        END IF;
        left_effects := has_effects() OR coalesce(c.took AND EXISTS (SELECT 1 FROM inbox), false);
        IF left_effects THEN
            earliest := c.at; -- whoever comes next tells what is left to tell
        END IF;
        FOREACH q IN ARRAY queues LOOP
            EXIT WHEN earliest <= c.at;
            IF q.id IS NOT NULL THEN
                earliest := least(earliest, next_work_at(c, q, state_of(q.id)));
            END IF;
        END LOOP;
    END IF;

    IF c.heard THEN
        PERFORM tell_jobs(c, 4, taken, (SELECT w.name FROM worker AS w WHERE w.id = c.worker));
        FOREACH q IN ARRAY queues LOOP
            IF may_claim AND q.has_limits THEN
                PERFORM tell_limit(c, q);
            END IF;
        END LOOP;
        PERFORM tell_key_limits(c, taken);
        PERFORM tell_drained(c);
    END IF;
    -- Effects would let a second try of this step claim more.
    IF outcomes <> '' OR cardinality(taken) > 0 OR had_effects OR left_effects THEN
        PERFORM keep_reply(c, CASE WHEN is_in_order THEN outcomes
            ELSE outcomes || (SELECT string_agg(int8send(handle), '' ORDER BY place) FROM unnest(taken) WITH ORDINALITY AS t(handle, place)) END);
    END IF;

    settled := outcomes;
    next_work := CASE WHEN earliest < 'infinity' THEN greatest(earliest - c.at, '0') END;
    ready := CASE WHEN may_claim AND c.wide THEN ready_queues(c, p_queues) END;
    RETURN NEXT;
    IF cardinality(taken) > 0 THEN
        RETURN QUERY
            SELECT NULL::bytea, NULL::interval, NULL::text[], t.claim, j.handle, j.id, j.name,
                CASE WHEN sum(octet_length(j.payload) + octet_length(j.envelope)) OVER so_far <= 65536 THEN j.payload END,
                CASE WHEN sum(octet_length(j.payload) + octet_length(j.envelope)) OVER so_far <= 65536 THEN j.envelope END,
                l.attempt, l.stalls, l.flags, l.priority, j.added, c.at - t.since
            FROM unnest(taken, of, since) AS t(handle, claim, since)
            CROSS JOIN LATERAL (SELECT * FROM job WHERE job.handle = t.handle LIMIT 1) AS j
            CROSS JOIN LATERAL (SELECT * FROM live WHERE live.handle = t.handle LIMIT 1) AS l
            WINDOW so_far AS (ROWS UNBOUNDED PRECEDING);
    END IF;
END $$;
