-- Sets a queue's limits, with those of each of its keys, or takes them away.
CREATE OR REPLACE FUNCTION limit_queue(
    p_session uuid, p_lane int, p_step bigint, p_queue text, p_has_limits bool, p_concurrency int, p_permits int, p_window bigint,
    p_has_key_limits bool, p_key_concurrency int, p_key_permits int, p_key_window bigint, p_key_order bool)
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    PERFORM set_limits(
        c, queue_or_new(p_queue), p_has_limits, p_concurrency, p_permits, p_window, p_has_key_limits, p_key_concurrency, p_key_permits, p_key_window, p_key_order);
    RETURN answer(c, 0);
END $$;
