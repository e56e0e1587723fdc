-- Tells an event of a queue, if somebody wants to hear it.
CREATE OR REPLACE FUNCTION tell_queue(
    c step_context, p_kind int, p_queue text, p_until timestamptz DEFAULT NULL, p_line bytea DEFAULT NULL, p_detail bytea DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
