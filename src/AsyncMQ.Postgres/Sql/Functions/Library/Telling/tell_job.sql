-- Tells an event of a job, which is in its new state already, if somebody wants to hear it. p_state: in place of its state.
CREATE OR REPLACE FUNCTION tell_job(
    c step_context, p_kind int, p_job live, p_data bytea DEFAULT NULL, p_line bytea DEFAULT NULL, p_state smallint DEFAULT NULL, p_manual bool DEFAULT false)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
