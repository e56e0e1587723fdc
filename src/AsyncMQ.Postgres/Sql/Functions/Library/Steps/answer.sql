-- Ends a step whose answer is one byte: kept, unless nothing was done (1 not found, 2 busy).
CREATE OR REPLACE FUNCTION answer(c step_context, p_answer int) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    reply bytea := set_byte('\x00'::bytea, 0, p_answer);
BEGIN
    IF p_answer NOT IN (1, 2) THEN
        PERFORM keep_reply(c, reply);
    END IF;
    RETURN reply;
END $$;
