-- Reads the journal from a position on, so many events at most. Without events: one row without a kind, with the position of the next event.
CREATE OR REPLACE FUNCTION read_events(p_from bigint, p_take int)
RETURNS TABLE (place bigint, kind int, at timestamptz, queue text, id text, name bytea, attempt int, stalls int, state smallint, until timestamptz, line bytea,
    detail bytea, manual bool, lost bool, data bytea) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT * FROM event AS e WHERE e.position >= p_from ORDER BY e.position LIMIT p_take;
    IF NOT FOUND THEN
        place := next_event();
        RETURN NEXT;
    END IF;
END $$;
