-- Tells an event of a queue, if somebody wants to hear it.
CREATE OR REPLACE FUNCTION tell_queue(
    c step_context, p_kind int, p_queue text, p_until timestamptz DEFAULT NULL, p_line bytea DEFAULT NULL, p_detail bytea DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    told event;
BEGIN
    IF c.heard AND is_wanted(p_kind, p_queue, NULL) THEN
        told.kind := p_kind;
        told.queue := p_queue;
        told.until := p_until;
        told.line := p_line;
        told.detail := p_detail;
        PERFORM write_event(c, told);
    END IF;
END $$;
