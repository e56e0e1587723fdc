-- The dependencies of a job, in the order given: how it stands to each, and how it would, were it decided now. state: that of the dependency, or the end of
-- one that is gone and has yet to be told; NULL: it was removed.
CREATE OR REPLACE FUNCTION standings_of(p_handle bigint, p_policy smallint) RETURNS TABLE (place int, status smallint, state smallint, status_now smallint) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT e.place, e.status, s.state, CASE WHEN e.status = 1 THEN e.status ELSE standing(s.state, p_policy) END
        FROM edge AS e
        LEFT JOIN LATERAL (
            SELECT live.state FROM live WHERE live.handle = e.dependency
            UNION ALL SELECT ended.state FROM ended WHERE ended.handle = e.dependency
            UNION ALL SELECT f.outcome FROM effect AS f WHERE f.dependency = e.dependency AND f.outcome >= 4 AND e.status = 0
            LIMIT 1) AS s ON true
        WHERE e.dependent = p_handle ORDER BY e.place;
END $$;
