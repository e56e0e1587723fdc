-- Gives a schedule a new revision, a time, and whether it is paused: what was decided of it before cannot fire it any more.
CREATE OR REPLACE FUNCTION revise_schedule(s schedule, p_next timestamptz, p_paused bool) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE schedule SET revision = nextval('number'), next = p_next, paused = p_paused WHERE key = s.key;
    IF p_next IS NOT NULL AND NOT p_paused AND NOT s.shut THEN
        PERFORM tell('S');
    END IF;
END $$;
