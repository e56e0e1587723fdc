-- The store's time: the server's, plus the offset of tests. A step reads it once.
CREATE OR REPLACE FUNCTION store_time() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT clock_timestamp() + clock_offset FROM meta
$$;
