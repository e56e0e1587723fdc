-- Deletes keys of a queue without jobs, so many at most. Gives how many.
CREATE OR REPLACE FUNCTION delete_keys_of(p_queue int, p_most int DEFAULT 1000) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    names text[];
BEGIN
    DELETE FROM plain_turn WHERE queue = p_queue;
    SELECT array_agg(key) INTO names FROM (SELECT key FROM job_key WHERE queue = p_queue LIMIT p_most) AS found;
    DELETE FROM job_key WHERE queue = p_queue AND key = ANY (names);
    RETURN coalesce(cardinality(names), 0);
END $$;
