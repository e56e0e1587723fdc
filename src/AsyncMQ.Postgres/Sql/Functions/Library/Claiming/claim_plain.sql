-- Claims jobs of a queue in which none waits that has a key or is parked: by priority, then sequence. p_slots: how many can start at once; of more than
-- those only such are claimed as may wait in a worker. Gives their handles in this order, and since when each waited.
CREATE OR REPLACE FUNCTION claim_plain(
    c step_context, q queue, INOUT s queue_state, p_most int, p_slots int, OUT handles bigint[], OUT sinces timestamptz[]) LANGUAGE plpgsql AS $$
DECLARE
    wanted int := CASE WHEN p_most > p_slots AND NOT may_prefetch(q) THEN p_slots ELSE p_most END;
    got bigint[];
    got_sinces timestamptz[];
    got_priorities int[];
    got_sequences bigint[];
    first_mortal int;
    dead live;
    level record;
BEGIN
    handles := '{}';
    sinces := '{}';
    WHILE wanted > 0 AND s.counts[1] > 0 LOOP
        IF s.levels IS NULL THEN
            SELECT array_agg(handle), array_agg(since), array_agg(priority), array_agg(sequence), min(place) FILTER (WHERE expires IS NOT NULL)
            INTO got, got_sinces, got_priorities, got_sequences, first_mortal
            FROM (
                SELECT handle, since, priority, sequence, expires, row_number() OVER () AS place FROM live
                WHERE queue = q.id AND state = 0 AND bench = '' AND key IS NULL ORDER BY priority, sequence LIMIT wanted) AS found;
        ELSE
            SELECT array_agg(handle), array_agg(since), array_agg(priority), array_agg(sequence), min(place) FILTER (WHERE expires IS NOT NULL)
            INTO got, got_sinces, got_priorities, got_sequences, first_mortal
            FROM (
                SELECT handle, since, priority, sequence, expires, row_number() OVER () AS place FROM live
                WHERE queue = q.id AND state = 0 AND bench = '' AND key IS NULL AND priority = s.levels[1] AND sequence >= s.level_floors[1]
                ORDER BY sequence LIMIT wanted) AS found;
        END IF;
        IF got IS NULL THEN
            RAISE EXCEPTION 'Queue % counts waiting jobs that are not there.', q.name;
        END IF;

        IF first_mortal IS NOT NULL THEN
            -- Time-to-live bounds the start: one that is over ends here, and none waits in a worker. So these are looked at one by one.
            SELECT l.* INTO dead FROM live AS l WHERE l.handle = got[1];
            IF dead.expires <= c.at THEN
                PERFORM save_state(s);
                PERFORM finish_job(c, dead, 6::smallint);
                s := state_of(q.id);
                CONTINUE;
            END IF;
            EXIT WHEN first_mortal = 1 AND cardinality(handles) >= p_slots;
            -- Up to the next one of the kind, or that one alone.
            first_mortal := greatest(1, first_mortal - 1);
            got := got[1:first_mortal];
            got_sinces := got_sinces[1:first_mortal];
            got_priorities := got_priorities[1:first_mortal];
            got_sequences := got_sequences[1:first_mortal];
        END IF;

        UPDATE live SET state = 1, attempt = least(attempt, 2147483646) + 1, since = c.at, started = c.at, worker = c.worker, session = c.session, lane = c.lane,
            step = c.number, turn = NULL
        WHERE handle = ANY (got);
        handles := handles || got;
        sinces := sinces || got_sinces;
        wanted := wanted - cardinality(got);
        s.counts[1] := s.counts[1] - cardinality(got);
        s.counts[2] := s.counts[2] + cardinality(got);
        FOR level IN SELECT priority, count(*) AS count, max(sequence) AS last FROM unnest(got_priorities, got_sequences) AS g(priority, sequence) GROUP BY priority LOOP
            IF level.priority <> 5 THEN
                s.prioritized := s.prioritized - level.count;
            END IF;
            s := take_level(s, level.priority, level.count, level.last + 1);
        END LOOP;
    END LOOP;
END $$;
