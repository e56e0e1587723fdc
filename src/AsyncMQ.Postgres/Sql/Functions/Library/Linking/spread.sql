-- Tells dependents what became of the jobs that they depend on, at most a thousand in a step.
CREATE OR REPLACE FUNCTION spread(c step_context) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
