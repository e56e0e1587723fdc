-- The store's time: the server's, plus the offset of tests. A step reads it once.
CREATE OR REPLACE FUNCTION store_time() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN (
        SELECT clock_timestamp() + clock_offset FROM meta);
END $$;
