-- Whether dependents have yet to be told of something.
CREATE OR REPLACE FUNCTION has_effects() RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM effect ORDER BY number LIMIT 1);
END $$;
