-- What tells this installation from all others.
CREATE OR REPLACE FUNCTION get_installation() RETURNS uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT installation FROM meta);
END $$;
