-- The position of the next event: behind the newest one, or, when the journal was cleared since, where it was to go on. No walk over events that are gone.
-- Stable, so that who reads the journal and finds nothing hears of the same state where to read on.
CREATE OR REPLACE FUNCTION next_event() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    from_position bigint;
    newest bigint;
BEGIN
    SELECT events_next INTO from_position FROM meta;
    SELECT position INTO newest FROM event WHERE position >= from_position ORDER BY position DESC LIMIT 1;
    RETURN coalesce(newest + 1, from_position);
END $$;
