-- A flow by id, with its jobs counted; no row when there is none.
CREATE OR REPLACE FUNCTION find_flow(p_id text) RETURNS TABLE (number bigint, id text, added timestamptz, jobs bigint, unended bigint, completed bigint)
LANGUAGE sql STABLE AS $$
    SELECT f.number, f.id, f.added, n.jobs, n.unended, n.completed FROM flow AS f CROSS JOIN LATERAL count_flow(f.number) AS n WHERE f.id = p_id
$$;
