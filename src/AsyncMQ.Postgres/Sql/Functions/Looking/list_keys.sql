-- The keys of a queue behind another one (NULL: from the first on), in ordinal order, so many at most.
CREATE OR REPLACE FUNCTION list_keys(p_queue text, p_after text, p_take int)
RETURNS TABLE (key text, has_limits bool, concurrency int, permits int, permit_window bigint, in_order bool, waiting bigint, active int, held_until timestamptz,
    next_permit timestamptz, head text) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT r.* FROM queue AS q CROSS JOIN (SELECT store_time() AS now) AS t CROSS JOIN LATERAL (
            SELECT k FROM job_key AS k WHERE k.queue = q.id AND k.place > coalesce(place_of(p_after), '') ORDER BY k.place) AS found
        CROSS JOIN LATERAL key_row(q, found.k, t.now) AS r
        WHERE q.name = p_queue LIMIT p_take;
END $$;
