-- Pauses a queue, for a time or until it is resumed (p_for NULL).
CREATE OR REPLACE FUNCTION pause_queue(p_session uuid, p_lane int, p_step bigint, p_queue text, p_by bytea, p_why bytea, p_for interval) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    q queue;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    q := queue_or_new(p_queue);
    UPDATE queue SET paused_at = c.at, paused_until = add_time(c.at, p_for), paused_by = p_by, paused_why = p_why WHERE id = q.id RETURNING * INTO q;
    PERFORM tell_queue(c, 32768, q.name, q.paused_until, p_by, p_why);
    IF p_for IS NOT NULL THEN
        -- Whoever sleeps without end looks anew, and learns when the pause ends.
        PERFORM tell('W' || q.name);
    END IF;
    RETURN answer(c, 0);
END $$;
