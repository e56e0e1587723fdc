-- Moves the store's clock, for tests.
CREATE OR REPLACE FUNCTION move_clock(p_offset interval) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_installation();
    UPDATE meta SET clock_offset = p_offset;
    PERFORM tell('C');
END $$;
