-- Frees an id for a new job: a cancelled record gives its id up. False: it is taken by another record.
CREATE OR REPLACE FUNCTION try_free(c step_context, p_queue int, p_id text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    taken live;
BEGIN
    SELECT found.* INTO taken FROM job AS j CROSS JOIN LATERAL find_job(j.handle) AS found WHERE j.queue = p_queue AND j.id = p_id;
    IF taken.handle IS NULL THEN
        RETURN true;
    END IF;
    IF taken.state <> 7 THEN
        RETURN false;
    END IF;
    PERFORM tell_job(c, 16384, taken);
    PERFORM delete_job(c, taken);
    PERFORM tell_ended(taken, p_id);
    RETURN true;
END $$;
