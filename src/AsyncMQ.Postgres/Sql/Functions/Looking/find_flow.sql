-- A flow by id, with its jobs counted; no row when there is none.
CREATE OR REPLACE FUNCTION find_flow(p_id text) RETURNS TABLE (number bigint, id text, added timestamptz, jobs bigint, unended bigint, completed bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT f.number, f.id, f.added, n.jobs, n.unended, n.completed FROM flow AS f CROSS JOIN LATERAL count_flow(f.number) AS n WHERE f.id = p_id;
END $$;
