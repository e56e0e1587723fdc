-- After events were written, so many from a position on: drops those that are old, a thousand at a time, and tells who listens; the server sends one line
-- of a transaction once.
CREATE OR REPLACE FUNCTION events_written(p_first bigint, p_count int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    most constant bigint := 10000;
    slack constant bigint := 1000;
    kept_before constant bigint := p_first / slack * slack - most;
    kept_now constant bigint := (p_first + p_count) / slack * slack - most;
BEGIN
    -- All before was dropped before: so this walks over none that are gone.
    IF kept_now > kept_before THEN
        DELETE FROM event WHERE position >= kept_before AND position < kept_now;
    END IF;
    PERFORM tell('V');
END $$;
