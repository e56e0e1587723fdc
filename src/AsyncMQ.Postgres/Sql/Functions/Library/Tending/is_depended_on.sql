-- Whether a job that has not ended depends on one that has.
CREATE OR REPLACE FUNCTION is_depended_on(p_handle bigint) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RETURN false;
END $$;
