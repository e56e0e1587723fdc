-- The schedules of a queue in ordinal order of id, behind one (NULL: from the first on).
CREATE OR REPLACE FUNCTION list_schedules(p_queue text, p_after text, p_take int) RETURNS SETOF schedule_record LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT q.name, s.id, s.revision, s.next, s.paused, s.runs, s.created, s.fired, s.last_job, s.definition
        FROM queue AS q
        CROSS JOIN LATERAL (SELECT * FROM schedule WHERE schedule.queue = q.id AND place > coalesce(place_of(p_after), '') ORDER BY place LIMIT p_take) AS s
        WHERE q.name = p_queue;
END $$;
