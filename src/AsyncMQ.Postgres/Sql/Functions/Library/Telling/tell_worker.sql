-- Tells that a worker process came or is gone, if somebody wants to hear it.
CREATE OR REPLACE FUNCTION tell_worker(c step_context, p_kind int, p_session session, p_lost bool) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
