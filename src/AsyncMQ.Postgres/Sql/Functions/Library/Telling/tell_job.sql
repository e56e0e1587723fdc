-- Tells an event of a job, which is in its new state already, if somebody wants to hear it. p_state: in place of its state.
CREATE OR REPLACE FUNCTION tell_job(
    c step_context, p_kind int, p_job live, p_data bytea DEFAULT NULL, p_line bytea DEFAULT NULL, p_state smallint DEFAULT NULL, p_manual bool DEFAULT false)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    told event;
BEGIN
    IF NOT c.heard THEN
        RETURN;
    END IF;
    SELECT name INTO told.queue FROM queue WHERE id = p_job.queue;
    SELECT id, convert_to(name, 'UTF8') INTO told.id, told.name FROM job WHERE handle = p_job.handle;
    IF NOT is_wanted(p_kind, told.queue, told.id) THEN
        RETURN;
    END IF;
    told.kind := p_kind;
    told.attempt := p_job.attempt;
    told.stalls := CASE WHEN p_kind = 2048 THEN p_job.stalls END;
    told.state := coalesce(p_state, p_job.state);
    told.until := CASE WHEN told.state = 2 THEN p_job.due END;
    told.line := p_line;
    told.manual := p_manual;
    told.data := p_data;
    PERFORM write_event(c, told);
END $$;
