-- One command on a queue's own record. Kinds: 0 pause, 1 resume, 3 limits, 4 limits of a key, 5 hold. Gives a byte, as in QueueReply.
CREATE OR REPLACE FUNCTION administer_queue(
    p_session uuid, p_lane int, p_step bigint, p_queue text, p_kind int, p_key text, p_for interval, p_by bytea, p_why bytea,
    p_has_limits bool, p_concurrency int, p_permits int, p_window bigint,
    p_has_key_limits bool, p_key_concurrency int, p_key_permits int, p_key_window bigint, p_key_order bool)
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    q queue;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    IF p_kind = 1 THEN
        SELECT * INTO q FROM queue WHERE name = p_queue;
        IF q.paused_at IS NOT NULL THEN
            IF is_paused(q, c.at) THEN
                PERFORM tell_queue(c, 65536, q.name);
            END IF;
            UPDATE queue SET paused_at = NULL, paused_until = NULL, paused_by = NULL, paused_why = NULL WHERE id = q.id;
            PERFORM tell('W' || q.name);
        END IF;
    ELSE
        q := queue_or_new(p_queue);
        CASE p_kind
        WHEN 0 THEN
            UPDATE queue SET paused_at = c.at, paused_until = add_time(c.at, p_for), paused_by = p_by, paused_why = p_why WHERE id = q.id;
            PERFORM tell_queue(c, 32768, q.name, add_time(c.at, p_for), p_by, p_why);
            IF p_for IS NOT NULL THEN
                PERFORM tell('W' || q.name);
            END IF;
        WHEN 3 THEN
            PERFORM set_limits(
                c, q, p_has_limits, p_concurrency, p_permits, p_window, p_has_key_limits, p_key_concurrency, p_key_permits, p_key_window, p_key_order);
        WHEN 4 THEN
            PERFORM set_key_limits(c, q, p_key, p_has_key_limits, p_key_concurrency, p_key_permits, p_key_window, p_key_order);
        WHEN 5 THEN
            PERFORM hold_queue_or_key(c, q, p_key, p_for);
        END CASE;
    END IF;
    PERFORM keep_reply(c, '\x00');
    RETURN '\x00'::bytea;
END $$;
