-- When the next permit comes; NULL: one is left, or none is needed.
CREATE OR REPLACE FUNCTION next_permit(p_ends bigint[], p_spent int[], p_permits int, p_window bigint, p_at timestamptz) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    ends bigint[];
    spent int[];
    counted bigint;
BEGIN
    IF p_permits IS NULL OR cardinality(p_ends) = 0 THEN
        RETURN NULL;
    END IF;
    SELECT f.ends, f.spent INTO ends, spent FROM forget_permits(p_ends, p_spent, p_window, p_at) AS f;
    SELECT sum(permits) INTO counted FROM unnest(spent) AS s(permits);
    IF counted IS NULL OR counted < p_permits THEN
        RETURN NULL;
    END IF;
    FOR i IN 1 .. cardinality(ends) LOOP
        counted := counted - spent[i];
        IF counted < p_permits THEN
            RETURN time_of(ends[i] + p_window);
        END IF;
    END LOOP;
END $$;
