-- Moves the store's clock, for tests.
CREATE OR REPLACE FUNCTION move_clock(p_offset interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    before interval;
BEGIN
    PERFORM lock_installation();
    SELECT clock_offset INTO before FROM meta;
    UPDATE meta SET clock_offset = p_offset;
    -- What was over may be to come again. The other way nothing changes but the time.
    IF p_offset < before THEN
        PERFORM recheck_windows(begin_unnamed());
    END IF;
    PERFORM tell('C');
END $$;
