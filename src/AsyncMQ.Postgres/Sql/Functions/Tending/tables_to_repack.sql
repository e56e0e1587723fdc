-- The tables of which little is left but their size: a backlog has gone, or a snapshot elsewhere kept dead rows until now. VACUUM has been there, or it would
-- find little to give back. Their narrow rows take at most 2 kB; what is longer is in their TOAST tables, whose rows (2 kB, too) are counted by themselves.
CREATE OR REPLACE FUNCTION tables_to_repack(p_least bigint) RETURNS TABLE (name text) LANGUAGE plpgsql STABLE AS $$
DECLARE
    little constant int := 10000;
BEGIN
    RETURN QUERY
        SELECT t.relname::text
        FROM pg_class AS t JOIN pg_stat_all_tables AS s ON s.relid = t.oid LEFT JOIN pg_stat_all_tables AS o ON o.relid = t.reltoastrelid
        WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r'
          AND ((pg_relation_size(t.oid) + pg_indexes_size(t.oid) > p_least AND s.n_live_tup < little AND s.n_dead_tup < little)
            OR (t.reltoastrelid <> 0 AND pg_total_relation_size(t.reltoastrelid) > p_least AND o.n_live_tup < little AND o.n_dead_tup < little));
END $$;
