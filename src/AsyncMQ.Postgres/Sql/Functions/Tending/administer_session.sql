-- Makes a worker's session quiet, or lets it claim again. Answer: a byte: 1 done, 0 there is no such session, or it has no lease.
CREATE OR REPLACE FUNCTION administer_session(p_session uuid, p_lane int, p_step bigint, p_target uuid, p_quiet bool) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    target bigint;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    UPDATE session SET quiet = p_quiet WHERE id = p_target AND ended IS NULL AND lease IS NOT NULL RETURNING key INTO target;
    IF NOT FOUND THEN
        RETURN '\x00';
    END IF;
    PERFORM tell_owner(target);
    PERFORM keep_reply(c, '\x01');
    RETURN '\x01';
END $$;
