-- What a new job depends on, in the order given, each once: who stands for it, and how the two stand. handle: NULL: there is no record. state: that of a
-- tombstone, if there is one; NULL: it was removed.
CREATE OR REPLACE FUNCTION dependencies_of(c step_context, p_job new_job, p_links group_links)
RETURNS TABLE (place bigint, queue text, id text, handle bigint, state smallint, status smallint, is_marked bool) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT min(d.place), d.queue, n.id, l.handle, coalesce(l.state, t.state), standing(coalesce(l.state, t.state), p_job.on_failure), l.flags & 8 <> 0
        FROM unnest(p_job.other_queues, p_job.other_ids) WITH ORDINALITY AS d(queue, id, place)
        CROSS JOIN LATERAL (SELECT array_position(p_links.suppressed, name_of(d.queue, d.id)) AS place) AS s
        CROSS JOIN LATERAL (SELECT coalesce(p_links.stand_in_ids[s.place], d.id) AS id) AS n
        LEFT JOIN LATERAL (SELECT queue.id FROM queue WHERE queue.name = d.queue LIMIT 1) AS q ON true
        LEFT JOIN LATERAL (SELECT job.handle FROM job WHERE job.queue = q.id AND job.id = d.id LIMIT 1) AS j ON s.place IS NULL
        LEFT JOIN LATERAL (
            SELECT live.handle, live.state, live.flags FROM live WHERE live.handle = coalesce(p_links.stand_in_owners[s.place], j.handle)
            UNION ALL SELECT ended.handle, ended.state, ended.flags FROM ended WHERE ended.handle = coalesce(p_links.stand_in_owners[s.place], j.handle)
            LIMIT 1) AS l ON true
        LEFT JOIN LATERAL (
            SELECT tomb.state FROM tomb WHERE tomb.queue = q.id AND tomb.id = d.id AND tomb.until > c.at LIMIT 1) AS t ON s.place IS NULL AND l.handle IS NULL
        GROUP BY d.queue, n.id, l.handle, l.state, l.flags, t.state ORDER BY 1;
END $$;
