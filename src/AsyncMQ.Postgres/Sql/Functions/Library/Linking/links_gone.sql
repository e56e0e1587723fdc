-- A job is gone that others depend on, or that has a link: its dependents are to be told, and its rows to be deleted then.
CREATE OR REPLACE FUNCTION links_gone(job live) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
