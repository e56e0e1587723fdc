-- The first bench of a queue's parked jobs from a name on, or behind it; of those with keys only where a key stands. NULL: there is none.
CREATE OR REPLACE FUNCTION bench_from(p_queue int, p_keyed bool, p_name text, p_is_behind bool) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE
        WHEN p_keyed AND p_is_behind THEN (SELECT bench FROM key_turn WHERE queue = p_queue AND bench > p_name ORDER BY bench LIMIT 1)
        WHEN p_keyed THEN (SELECT bench FROM key_turn WHERE queue = p_queue AND bench = p_name LIMIT 1)
        WHEN p_is_behind THEN (
            SELECT bench FROM live WHERE queue = p_queue AND state = 0 AND bench <> '' AND key IS NULL AND bench > p_name ORDER BY bench LIMIT 1)
        ELSE (SELECT bench FROM live WHERE queue = p_queue AND state = 0 AND bench <> '' AND key IS NULL AND bench = p_name LIMIT 1) END;
END $$;
