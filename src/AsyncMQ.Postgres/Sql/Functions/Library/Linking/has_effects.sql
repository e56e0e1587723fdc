-- Whether dependents have yet to be told of something.
CREATE OR REPLACE FUNCTION has_effects() RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM effect WHERE number >= coalesce((SELECT f.number FROM effect_floor AS f ORDER BY version DESC LIMIT 1), 0) ORDER BY number LIMIT 1);
END $$;
