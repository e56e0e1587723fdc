-- How many permits are left now.
CREATE OR REPLACE FUNCTION permits_left(p_ends bigint[], p_spent int[], p_permits int, p_window bigint, p_at timestamptz) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF cardinality(p_ends) = 0 THEN
        RETURN p_permits;
    END IF;
    RETURN greatest(0, p_permits - (SELECT coalesce(sum(s.permits), 0) FROM unnest((forget_permits(p_ends, p_spent, p_window, p_at)).spent) AS s(permits)));
END $$;
