-- Forgets who did not renew, and, when nobody subscribes, what was written, the oldest first, so many at most. Gives how many.
CREATE OR REPLACE FUNCTION tidy_events(c step_context, p_most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    late int;
    cleared int;
    next_position bigint;
BEGIN
    DELETE FROM subscriber WHERE until <= c.at;
    GET DIAGNOSTICS late = ROW_COUNT;
    IF late > 0 THEN
        PERFORM note_subscribers();
    END IF;
    late := least(late, p_most);
    IF EXISTS (SELECT 1 FROM subscriber) THEN
        RETURN late;
    END IF;

    next_position := next_event();
    DELETE FROM event WHERE position <= (SELECT max(position) FROM (SELECT position FROM event ORDER BY position LIMIT p_most - late) AS oldest);
    GET DIAGNOSTICS cleared = ROW_COUNT;
    IF cleared > 0 THEN
        UPDATE meta SET events_next = next_position WHERE events_next <> next_position;
    END IF;
    RETURN late + cleared;
END $$;
