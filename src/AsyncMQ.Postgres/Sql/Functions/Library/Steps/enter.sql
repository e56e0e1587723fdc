-- Begins a step under its name, once the steps before it are done, and takes in what transactions of others have added. AM001: a later step of the lane was done, which is the hint (Npgsql hides the detail); AM002: the session is lost.
CREATE OR REPLACE FUNCTION enter(p_session uuid, p_lane int, p_step bigint) RETURNS step_context LANGUAGE plpgsql AS $$
DECLARE
    c step_context;
    kept session;
    last bigint;
BEGIN
    PERFORM lock_installation();
    SELECT clock_timestamp() + clock_offset, events_until > clock_timestamp() + clock_offset INTO c.at, c.heard FROM meta;
    SELECT * INTO kept FROM session WHERE id = p_session AND ended IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The session is lost.' USING ERRCODE = 'AM002';
    END IF;

    SELECT step, reply INTO last, c.reply FROM lane WHERE session = kept.key AND lane = p_lane ORDER BY step DESC LIMIT 1;
    IF last > p_step THEN
        RAISE EXCEPTION 'A later step of the lane was done.' USING ERRCODE = 'AM001', HINT = last::text;
    END IF;

    c.again := coalesce(last = p_step, false);
    c.session := kept.key;
    c.lease := kept.lease;
    c.quiet := kept.quiet;
    c.wide := kept.wide;
    c.worker := kept.worker;
    c.lane := p_lane;
    c.number := p_step;
    c.last := last;
    IF kept.lease IS NULL AND kept.seen < c.at - interval '1 minute' THEN
        UPDATE session SET seen = c.at WHERE key = kept.key;
    END IF;
    IF NOT c.again AND EXISTS (SELECT 1 FROM inbox) THEN
        c.took := take_in(c);
    END IF;
    RETURN c;
END $$;
