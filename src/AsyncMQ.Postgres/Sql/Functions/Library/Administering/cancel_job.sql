-- Cancels a job, or asks the one who runs it to stop; it keeps its slot until then. 0 done, 2 wrong state, 3 requested.
CREATE OR REPLACE FUNCTION cancel_job(c step_context, job live) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF job.state >= 4 THEN
        RETURN 2;
    END IF;
    IF job.state <> 1 THEN
        PERFORM finish_job(c, job, 7::smallint);
        RETURN 0;
    END IF;
    UPDATE live SET cancel = true WHERE handle = job.handle AND NOT cancel;
    PERFORM tell_owner(job.session);
    RETURN 3;
END $$;
