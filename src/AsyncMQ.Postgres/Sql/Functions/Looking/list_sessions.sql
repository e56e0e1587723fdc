-- All live sessions with a lease, in order of opening.
CREATE OR REPLACE FUNCTION list_sessions() RETURNS SETOF session LANGUAGE sql STABLE AS $$
    SELECT * FROM session WHERE ended IS NULL AND lease IS NOT NULL ORDER BY key
$$;
