-- Whether there may be jobs that were completed in transactions and have not ended so: where nobody does that, all that a step looks at.
CREATE OR REPLACE FUNCTION has_completions() RETURNS bool LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM completion WHERE NOT settled);
END $$;
