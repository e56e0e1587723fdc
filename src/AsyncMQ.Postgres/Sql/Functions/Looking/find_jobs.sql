-- Jobs by name; a row for each that there is, with its place in the list.
CREATE OR REPLACE FUNCTION find_jobs(p_queues text[], p_ids text[], p_parts int) RETURNS SETOF job_record LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT r.* FROM (
            SELECT array_agg(j.handle ORDER BY n.place) AS handles
            FROM unnest(p_queues, p_ids) WITH ORDINALITY AS n(queue, id, place)
            LEFT JOIN LATERAL (
                SELECT job.handle FROM queue AS q CROSS JOIN LATERAL (SELECT handle FROM job WHERE job.queue = q.id AND job.id = n.id LIMIT 1) AS job
                WHERE q.name = n.queue LIMIT 1) AS j ON true) AS named
        CROSS JOIN LATERAL records_of(named.handles, p_parts) AS r;
END $$;
