-- A job of a queue goes from one state (NULL: it is new) to another (NULL: it is gone). Counts it, and wakes who may wait for that.
CREATE OR REPLACE FUNCTION shift(c step_context, p_from live, p_to live) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s queue_state := state_of(coalesce(p_from.queue, p_to.queue));
    was_busy bool := s.counts[1] + s.counts[2] > 0;
    q queue;
BEGIN
    IF p_from.handle IS NOT NULL THEN
        s := count_job(s, p_from, -1, c.at);
    END IF;
    IF p_to.handle IS NOT NULL THEN
        s := count_job(s, p_to, 1, c.at);
    END IF;
    PERFORM save_state(s);

    SELECT * INTO q FROM queue WHERE id = s.queue;
    -- Where a slot of a limited queue is free, somebody may wait for it.
    IF p_to.state IN (0, 2) OR (p_from.state = 1 AND (q.has_limits OR q.has_key_limits OR p_from.key IS NOT NULL) AND s.counts[1] + s.counts[3] > 0) THEN
        PERFORM tell('W' || q.name);
    END IF;
    IF c.heard AND was_busy AND s.counts[1] + s.counts[2] = 0 THEN
        PERFORM note_drained(q.id);
    END IF;
END $$;
