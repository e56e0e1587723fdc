-- Keeps the answer of a step in its lane, until the next one.
CREATE OR REPLACE FUNCTION keep_reply(c step_context, p_reply bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM lane WHERE session = c.session AND lane = c.lane AND step = c.last;
    INSERT INTO lane (session, lane, step, reply) VALUES (c.session, c.lane, c.number, p_reply);
END $$;
