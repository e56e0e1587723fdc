-- Flows, latest first, each as find_flow has it. p_before: the number of a flow; NULL: from the latest on.
CREATE OR REPLACE FUNCTION list_flows(p_before bigint, p_take int)
RETURNS TABLE (number bigint, id text, added timestamptz, jobs bigint, unended bigint, completed bigint) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT f.number, f.id, f.added, n.jobs, n.unended, n.completed
        FROM (SELECT * FROM flow WHERE flow.number < coalesce(p_before, 9223372036854775807) ORDER BY flow.number DESC LIMIT p_take) AS f
        CROSS JOIN LATERAL count_flow(f.number) AS n ORDER BY f.number DESC;
END $$;
