CREATE OR REPLACE FUNCTION get_time() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT store_time() $$;
