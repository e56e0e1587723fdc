-- Nothing is claimed from a queue, or of one key, for a time. The latest word stands. Whoever sleeps without end looks anew, and learns when it ends.
CREATE OR REPLACE FUNCTION hold_queue_or_key(c step_context, q queue, p_key text, p_for interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s queue_state;
    k job_key;
    before job_key;
BEGIN
    IF p_key IS NULL THEN
        s := state_of(q.id);
        s.held_until := add_time(c.at, p_for);
        PERFORM save_state(s);
    ELSE
        k := key_named(q.id, p_key);
        before := k;
        k.held_until := add_time(c.at, p_for);
        PERFORM review_key(c, q, before, k);
    END IF;
    PERFORM tell('W' || q.name);
END $$;
