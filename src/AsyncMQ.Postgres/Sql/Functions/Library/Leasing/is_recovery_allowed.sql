CREATE OR REPLACE FUNCTION is_recovery_allowed(p_now timestamptz) RETURNS bool LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT p_now >= recovery_from AND coalesce(p_now - renewed_at <= renewed_lease / 2, true) FROM meta);
END $$;
