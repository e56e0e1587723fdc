-- The job that owns a deduplication id now; no row: nobody does.
CREATE OR REPLACE FUNCTION find_owner(p_queue text, p_id text) RETURNS TABLE (id text) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT d.owner_id FROM queue AS q CROSS JOIN LATERAL (SELECT * FROM dedup WHERE dedup.queue = q.id AND dedup.id = p_id LIMIT 1) AS d
        WHERE q.name = p_queue AND is_taken(d.window_ends, (SELECT state FROM live WHERE live.handle = d.owner UNION ALL SELECT state FROM ended WHERE ended.handle = d.owner LIMIT 1), store_time());
END $$;
