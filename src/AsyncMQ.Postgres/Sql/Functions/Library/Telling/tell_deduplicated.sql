-- Tells that an add was suppressed, if somebody wants to hear it: an event of the job that stands for it.
CREATE OR REPLACE FUNCTION tell_deduplicated(c step_context, p_job new_job, p_owner_id text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    told event;
BEGIN
    IF c.heard AND is_wanted(8192, p_job.queue, p_owner_id) THEN
        told.kind := 8192;
        told.queue := p_job.queue;
        told.id := p_owner_id;
        told.name := convert_to(p_job.name, 'UTF8');
        told.line := convert_to(p_job.id, 'UTF8');
        told.detail := convert_to(p_job.dedup, 'UTF8');
        PERFORM write_event(c, told);
    END IF;
END $$;
