-- Sets how long ended jobs of a queue are kept; not p_has: as the library keeps them.
CREATE OR REPLACE FUNCTION set_retention(
    p_session uuid, p_lane int, p_step bigint, p_queue text, p_has bool, p_age interval, p_count int, p_failed_age interval, p_failed_count int)
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    q queue;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    q := queue_or_new(p_queue);
    UPDATE queue SET has_retention = p_has, retain_age = p_age, retain_count = p_count, retain_failed_age = p_failed_age, retain_failed_count = p_failed_count
    WHERE id = q.id;
    RETURN answer(c, 0);
END $$;
