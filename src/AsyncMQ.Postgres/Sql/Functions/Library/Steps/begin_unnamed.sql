-- Begins a step that has no name: doing it twice is the same as once.
CREATE OR REPLACE FUNCTION begin_unnamed() RETURNS step_context LANGUAGE plpgsql AS $$
DECLARE
    c step_context;
BEGIN
    PERFORM lock_installation();
    SELECT clock_timestamp() + clock_offset, events_until > clock_timestamp() + clock_offset INTO c.at, c.heard FROM meta;
    RETURN c;
END $$;
