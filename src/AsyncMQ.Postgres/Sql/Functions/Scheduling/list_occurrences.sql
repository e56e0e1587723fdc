-- The last occurrences of a schedule, latest first.
CREATE OR REPLACE FUNCTION list_occurrences(p_queue text, p_id text, p_take int) RETURNS TABLE (due timestamptz, at timestamptz, outcome smallint, job text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT o.due, o.at, o.outcome, o.job
        FROM (SELECT (schedule_of(p_queue, p_id)).key) AS s
        CROSS JOIN LATERAL (SELECT * FROM occurrence WHERE occurrence.schedule = s.key ORDER BY number DESC LIMIT p_take) AS o;
END $$;
