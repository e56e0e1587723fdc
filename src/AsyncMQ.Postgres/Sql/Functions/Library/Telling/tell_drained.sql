-- At the end of a step: tells of the queues in which nothing waits or runs any more.
CREATE OR REPLACE FUNCTION tell_drained(c step_context) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
