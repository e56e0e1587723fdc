-- Writes an event of this step into the journal.
CREATE OR REPLACE FUNCTION write_event(c step_context, p_event event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    at_position bigint := next_event();
BEGIN
    INSERT INTO event (position, kind, at, queue, id, name, attempt, stalls, state, until, line, detail, manual, lost, data)
    VALUES (at_position, p_event.kind, c.at, p_event.queue, p_event.id, p_event.name, coalesce(p_event.attempt, 0), coalesce(p_event.stalls, 0),
        coalesce(p_event.state, 0), p_event.until, p_event.line, p_event.detail, coalesce(p_event.manual, false), coalesce(p_event.lost, false), p_event.data);
    PERFORM events_written(at_position, 1);
END $$;
