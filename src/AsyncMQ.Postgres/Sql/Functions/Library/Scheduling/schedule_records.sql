-- A schedule as it is told: one row.
CREATE OR REPLACE FUNCTION schedule_records(s schedule) RETURNS SETOF schedule_record LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT (SELECT name FROM queue WHERE id = s.queue), s.id, s.revision, s.next, s.paused, s.runs, s.created, s.fired, s.last_job, s.definition
        WHERE s.key IS NOT NULL;
END $$;
