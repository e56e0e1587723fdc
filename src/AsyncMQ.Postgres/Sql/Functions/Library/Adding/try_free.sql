-- Frees an id for a new job: a cancelled record gives its id up. False: it is taken by another record.
CREATE OR REPLACE FUNCTION try_free(c step_context, p_queue int, p_id text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    taken live;
BEGIN
    SELECT (find_job(handle)).* INTO taken FROM job WHERE queue = p_queue AND id = p_id;
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
