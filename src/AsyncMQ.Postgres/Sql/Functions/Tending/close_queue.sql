-- Closes a queue for obliteration: it takes no adds and gives no jobs. Busy while jobs run, unless forced.
CREATE OR REPLACE FUNCTION close_queue(p_session uuid, p_lane int, p_step bigint, p_queue text, p_force bool) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    q queue;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    SELECT * INTO q FROM queue WHERE name = p_queue;
    IF NOT FOUND THEN
        RETURN answer(c, 1);
    END IF;
    IF (state_of(q.id)).counts[2] > 0 AND NOT p_force THEN
        RETURN answer(c, 2);
    END IF;
    UPDATE queue SET closed = true WHERE id = q.id;
    UPDATE schedule SET shut = true WHERE queue = q.id;
    RETURN answer(c, 0);
END $$;
