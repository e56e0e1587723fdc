-- The result (empty: none) of a job that a transaction of its handler completed, and that has not ended so yet; NULL: there is nothing of the kind.
CREATE OR REPLACE FUNCTION completed_in(p_handle bigint) RETURNS bytea LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT result FROM completion WHERE handle = p_handle AND NOT settled);
END $$;
