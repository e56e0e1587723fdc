-- After a claim: tells once that a queue's limits hold jobs back, until they do not.
CREATE OR REPLACE FUNCTION tell_limit(c step_context, q queue) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
