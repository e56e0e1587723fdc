-- A job with a key went from one state to another: NULL before: it is new; after: it is gone. Its row is written already.
CREATE OR REPLACE FUNCTION key_moved(c step_context, p_from live, p_to live) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    q queue;
    k job_key;
    before job_key;
BEGIN
    -- Only a job that waits, runs or is delayed can mean something to its key.
    IF coalesce(p_from.state, 3) >= 3 AND p_to.state IS DISTINCT FROM 0 THEN
        RETURN;
    END IF;
    SELECT * INTO q FROM queue WHERE id = coalesce(p_to.queue, p_from.queue);
    k := key_named(q.id, coalesce(p_to.key, p_from.key));
    before := k;

    IF p_from.state = 0 THEN
        k := leave_lane(k, p_from);
    ELSIF p_from.state = 1 THEN
        k.active := k.active - 1;
    END IF;
    IF p_to.state = 0 THEN
        k.waiting := k.waiting + 1;
        IF p_to.bench <> '' THEN
            k.parked := k.parked + 1;
        END IF;
        IF k.head = p_to.handle THEN
            k.head_bench := p_to.bench;
            k.head_priority := p_to.priority;
        END IF;
        PERFORM review_key(c, q, before, k, p_to);
        RETURN;
    END IF;

    IF k.version IS NULL THEN
        RETURN;
    END IF;
    IF k.head = p_from.handle AND coalesce(p_to.state, 4) >= 4 THEN
        k.head := NULL;
        k.head_bench := NULL;
        k.head_priority := NULL;
    END IF;
    PERFORM review_key(c, q, before, k);
END $$;
