-- Lets a queue give jobs again.
CREATE OR REPLACE FUNCTION resume_queue(p_session uuid, p_lane int, p_step bigint, p_queue text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    q queue;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    SELECT * INTO q FROM queue WHERE name = p_queue AND paused_at IS NOT NULL;
    IF FOUND THEN
        IF is_paused(q, c.at) THEN
            PERFORM tell_queue(c, 65536, q.name);
        END IF;
        UPDATE queue SET paused_at = NULL, paused_until = NULL, paused_by = NULL, paused_why = NULL WHERE id = q.id;
        PERFORM tell('W' || q.name);
    END IF;
    RETURN answer(c, 0);
END $$;
