-- The jobs of a flow: nothing is counted while they run.
CREATE OR REPLACE FUNCTION count_flow(p_number bigint) RETURNS TABLE (jobs bigint, unended bigint, completed bigint) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT count(*), count(*) FILTER (WHERE e.state IS NULL), count(*) FILTER (WHERE e.state = 4)
        FROM link AS k LEFT JOIN LATERAL (SELECT state FROM ended WHERE ended.handle = k.handle LIMIT 1) AS e ON true WHERE k.flow = p_number;
END $$;
