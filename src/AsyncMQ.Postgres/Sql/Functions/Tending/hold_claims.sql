-- Nothing is claimed from a queue, or of one key (NULL: the whole queue), for a time.
CREATE OR REPLACE FUNCTION hold_claims(p_session uuid, p_lane int, p_step bigint, p_queue text, p_key text, p_for interval) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    PERFORM hold_queue_or_key(c, queue_or_new(p_queue), p_key, p_for);
    RETURN answer(c, 0);
END $$;
