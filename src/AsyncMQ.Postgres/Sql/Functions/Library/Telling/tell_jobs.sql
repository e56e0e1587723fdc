-- Tells the same event of many jobs, in order, as tell_job does of one.
CREATE OR REPLACE FUNCTION tell_jobs(c step_context, p_kind int, p_handles bigint[], p_line bytea DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    is_all bool;
    first_position bigint;
    written int;
BEGIN
    IF NOT c.heard OR NOT EXISTS (SELECT 1 FROM interest WHERE kinds & p_kind <> 0) THEN
        RETURN;
    END IF;
    is_all := is_wanted(p_kind, NULL, NULL);
    first_position := next_event();
    INSERT INTO event (position, kind, at, queue, id, name, attempt, state, until, line)
    SELECT first_position + row_number() OVER (ORDER BY h.place) - 1, p_kind, c.at, q.name, j.id, convert_to(j.name, 'UTF8'), l.attempt, l.state,
        CASE WHEN l.state = 2 THEN l.due END, p_line
    FROM unnest(p_handles) WITH ORDINALITY AS h(handle, place)
    CROSS JOIN LATERAL (SELECT * FROM live WHERE live.handle = h.handle UNION ALL SELECT * FROM ended WHERE ended.handle = h.handle LIMIT 1) AS l
    CROSS JOIN LATERAL (SELECT * FROM job WHERE job.handle = h.handle LIMIT 1) AS j
    CROSS JOIN LATERAL (SELECT * FROM queue WHERE queue.id = l.queue LIMIT 1) AS q
    WHERE is_all OR is_wanted(p_kind, q.name, j.id);
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written > 0 THEN
        PERFORM events_written(first_position, written);
    END IF;
END $$;
