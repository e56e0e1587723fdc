-- Jobs by their handles (NULL: there is none), in order. p_parts as in JobParts: 1 payload, 2 result, 4 attempts, 8 logs, 16 dependencies.
CREATE OR REPLACE FUNCTION records_of(p_handles bigint[], p_parts int) RETURNS SETOF job_record LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT h.place::int, j.handle, (SELECT q.name FROM queue AS q WHERE q.id = j.queue), j.id, j.name, l.state, l.priority, l.sequence, l.flags, j.added, l.since, l.due,
            l.expires, l.started, l.attempt, l.stalls, (SELECT w.name FROM worker AS w WHERE w.id = l.worker), l.cancel, l.bench <> '', l.key, j.dedup, j.envelope,
            CASE WHEN l.extras & 2 <> 0 THEN (SELECT data FROM extra AS x WHERE x.handle = j.handle AND kind = 2) END,
            CASE WHEN l.extras & 4 <> 0 THEN (SELECT data FROM extra AS x WHERE x.handle = j.handle AND kind = 4) END,
            CASE WHEN l.flags & 128 <> 0 THEN (SELECT f.id FROM link AS k CROSS JOIN LATERAL (SELECT id FROM flow WHERE number = k.flow LIMIT 1) AS f WHERE k.handle = j.handle) END,
            CASE WHEN p_parts & 1 <> 0 THEN j.payload END,
            CASE WHEN p_parts & 2 <> 0 AND l.extras & 1 <> 0 THEN (SELECT data FROM extra AS x WHERE x.handle = j.handle AND kind = 1) END,
            a.numbers, a.outcomes, a.starts, a.ends, a.workers, a.errors, g.times, g.attempts, g.lines,
            CASE WHEN p_parts & 16 <> 0 AND l.flags & 128 <> 0 THEN (SELECT policy FROM link AS k WHERE k.handle = j.handle) END, e.queues, e.ids, e.statuses
        FROM unnest(p_handles) WITH ORDINALITY AS h(handle, place)
        CROSS JOIN LATERAL (SELECT * FROM job WHERE job.handle = h.handle LIMIT 1) AS j
        CROSS JOIN LATERAL (SELECT * FROM live WHERE live.handle = h.handle UNION ALL SELECT * FROM ended WHERE ended.handle = h.handle LIMIT 1) AS l
        LEFT JOIN LATERAL (
            SELECT array_agg(number) AS numbers, array_agg(outcome) AS outcomes, array_agg(started) AS starts, array_agg(ended) AS ends,
                array_agg((SELECT w.name FROM worker AS w WHERE w.id = kept.worker)) AS workers, array_agg(error) AS errors
            FROM (SELECT * FROM attempt WHERE attempt.handle = h.handle AND p_parts & 4 <> 0 AND l.extras & 8 <> 0 ORDER BY attempt.place) AS kept) AS a ON true
        LEFT JOIN LATERAL (
            SELECT array_agg(at) AS times, array_agg(attempt) AS attempts, array_agg(line) AS lines
            FROM (SELECT * FROM log WHERE log.handle = h.handle AND p_parts & 8 <> 0 AND l.extras & 16 <> 0 ORDER BY log.place) AS kept) AS g ON true
        LEFT JOIN LATERAL (
            SELECT array_agg(queue) AS queues, array_agg(id) AS ids, array_agg(status) AS statuses
            FROM (SELECT * FROM edge WHERE dependent = h.handle AND p_parts & 16 <> 0 AND l.flags & 128 <> 0 ORDER BY edge.place) AS kept) AS e ON true
        ORDER BY h.place;
END $$;
