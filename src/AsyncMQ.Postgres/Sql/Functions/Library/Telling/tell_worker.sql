-- Tells that a worker process came or is gone, if somebody wants to hear it.
CREATE OR REPLACE FUNCTION tell_worker(c step_context, p_kind int, p_session session, p_lost bool) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    told event;
BEGIN
    IF NOT c.heard THEN
        RETURN;
    END IF;
    told.id := replace(p_session.id::text, '-', '');
    IF is_wanted(p_kind, NULL, told.id) THEN
        SELECT name INTO told.name FROM worker WHERE id = p_session.worker;
        told.kind := p_kind;
        told.lost := p_lost;
        PERFORM write_event(c, told);
    END IF;
END $$;
