-- Claims jobs of a queue in which some wait that have keys or are parked. As claim_plain.
CREATE OR REPLACE FUNCTION claim_in_turn(
    c step_context, q queue, INOUT s queue_state, p_most int, p_slots int, OUT handles bigint[], OUT sinces timestamptz[]) LANGUAGE plpgsql AS $$
DECLARE
    found candidate[];
    job candidate;
    benches text[];
    slots int;
    fit int;
    is_over bool;
    is_stopped bool := false;
BEGIN
    handles := '{}';
    sinces := '{}';
    WHILE NOT is_stopped AND cardinality(handles) < p_most AND s.counts[1] > 0 LOOP
        slots := p_slots - cardinality(handles);
        fit := CASE WHEN slots > 0 THEN least(slots, p_most - cardinality(handles)) WHEN may_prefetch(q) AND NOT q.has_key_limits THEN p_most - cardinality(handles) ELSE 1 END;
        IF s.keyed = 0 THEN
            benches := coalesce(benches, known_benches(c, q.id, false));
            found := choose_in_order(s, benches, fit);
        ELSIF s.parked + s.keyed_parked = 0 THEN
            found := choose_round(s, fit);
        ELSE
            found := choose_in_turn(c, s);
        END IF;
        EXIT WHEN coalesce(cardinality(found), 0) = 0;

        fit := 0;
        is_over := false;
        FOREACH job IN ARRAY found LOOP
            is_over := coalesce(job.expires <= c.at, false);
            is_stopped := NOT is_over AND slots - fit <= 0 AND (job.expires IS NOT NULL OR NOT may_prefetch_of(q, job.key));
            EXIT WHEN is_over OR is_stopped;
            fit := fit + 1;
        END LOOP;
        IF fit > 0 THEN
            s := take_jobs(c, q, s, found[:fit]);
            handles := handles || ARRAY(SELECT f.handle FROM unnest(found[:fit]) WITH ORDINALITY AS f ORDER BY ordinality);
            sinces := sinces || ARRAY(SELECT f.since FROM unnest(found[:fit]) WITH ORDINALITY AS f ORDER BY ordinality);
        ELSIF is_over THEN
            -- It may no longer start. What its end does may change who is next.
            PERFORM save_state(s);
            PERFORM finish_job(c, find_job(job.handle), 6::smallint);
            s := state_of(q.id);
            benches := NULL;
        END IF;
    END LOOP;
END $$;
