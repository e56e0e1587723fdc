-- Tells that an add was suppressed, if somebody wants to hear it: an event of the job that stands for it.
CREATE OR REPLACE FUNCTION tell_deduplicated(c step_context, p_job new_job, p_owner_id text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
