-- Whether a job leads its key, in strict order.
CREATE OR REPLACE FUNCTION is_head(job live) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RETURN false;
END $$;
