-- A job has ended or is gone: tells who waits for that, if somebody said that he does.
CREATE OR REPLACE FUNCTION tell_ended(p_job live, p_id text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_job.flags & 16 <> 0 THEN
        PERFORM tell('E' || (SELECT name FROM queue WHERE id = p_job.queue) || E'\t' || p_id);
    END IF;
END $$;
