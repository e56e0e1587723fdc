-- Sets a key's own limits, in place of the queue's, or takes them away.
CREATE OR REPLACE FUNCTION limit_key(
    p_session uuid, p_lane int, p_step bigint, p_queue text, p_key text, p_has_limits bool, p_concurrency int, p_permits int, p_window bigint, p_order bool)
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    PERFORM set_key_limits(c, queue_or_new(p_queue), p_key, p_has_limits, p_concurrency, p_permits, p_window, p_order);
    RETURN answer(c, 0);
END $$;
