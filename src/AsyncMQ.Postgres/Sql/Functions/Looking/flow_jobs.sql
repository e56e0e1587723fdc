-- The jobs of a flow, in order of adding, behind a handle. Asked for one more than wanted, it tells whether there is more.
CREATE OR REPLACE FUNCTION flow_jobs(p_flow text, p_after bigint, p_take int, p_parts int) RETURNS SETOF job_record LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT r.* FROM flow AS f
        CROSS JOIN LATERAL records_of(ARRAY(SELECT k.handle FROM link AS k WHERE k.flow = f.number AND k.handle > p_after ORDER BY k.handle LIMIT p_take), p_parts) AS r
        WHERE f.id = p_flow;
END $$;
