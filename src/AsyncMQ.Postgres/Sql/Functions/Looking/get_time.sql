CREATE OR REPLACE FUNCTION get_time() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN (
        SELECT store_time());
END $$;
