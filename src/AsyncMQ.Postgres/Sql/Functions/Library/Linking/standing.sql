-- How a job stands to a dependency in this state (NULL: it was removed), as in DependencyStatus: 0 open, 1 satisfied, 2 broken. The rule is DependencyRules.
CREATE OR REPLACE FUNCTION standing(p_state smallint, p_policy smallint) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE WHEN p_state = 4 THEN 1 WHEN p_state < 4 THEN 0 WHEN p_policy = 2 THEN 0 ELSE 2 END)::smallint
$$;
