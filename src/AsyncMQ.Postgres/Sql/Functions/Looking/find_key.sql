-- A key of a queue; no row: there is nothing to say of it. As list_keys.
CREATE OR REPLACE FUNCTION find_key(p_queue text, p_key text)
RETURNS TABLE (key text, has_limits bool, concurrency int, permits int, permit_window bigint, in_order bool, waiting bigint, active int, held_until timestamptz,
    next_permit timestamptz, head text) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT r.* FROM queue AS q CROSS JOIN LATERAL (
            SELECT k FROM job_key AS k WHERE k.queue = q.id AND k.key = p_key ORDER BY k.version DESC LIMIT 1) AS found
        CROSS JOIN LATERAL key_row(q, found.k, store_time()) AS r
        WHERE q.name = p_queue;
END $$;
