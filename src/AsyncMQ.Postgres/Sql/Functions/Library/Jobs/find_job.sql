-- A job by its handle, in whatever state; NULL when it is gone.
CREATE OR REPLACE FUNCTION find_job(p_handle bigint) RETURNS live LANGUAGE plpgsql AS $$
DECLARE
    job live;
BEGIN
    SELECT * INTO job FROM live WHERE handle = p_handle;
    IF NOT FOUND THEN
        SELECT * INTO job FROM ended WHERE handle = p_handle;
    END IF;
    RETURN job;
END $$;
