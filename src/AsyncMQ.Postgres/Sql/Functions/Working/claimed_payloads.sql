-- Arguments and options of claimed jobs that were too large for the answer of exchange; jobs that are gone since are left out.
CREATE OR REPLACE FUNCTION claimed_payloads(p_handles bigint[]) RETURNS TABLE (handle bigint, payload bytea, envelope bytea) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT j.handle, j.payload, j.envelope FROM unnest(p_handles) AS h(handle) CROSS JOIN LATERAL (SELECT * FROM job WHERE job.handle = h.handle LIMIT 1) AS j;
END $$;
