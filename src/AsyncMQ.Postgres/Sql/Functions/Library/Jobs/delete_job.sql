-- Deletes a job with everything that belongs to it.
CREATE OR REPLACE FUNCTION delete_job(c step_context, job live) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF job.state >= 4 THEN
        DELETE FROM ended WHERE handle = job.handle;
    ELSE
        DELETE FROM live WHERE handle = job.handle;
    END IF;
    DELETE FROM job AS j WHERE j.handle = job.handle;
    IF job.extras & 7 <> 0 THEN
        DELETE FROM extra WHERE handle = job.handle;
    END IF;
    IF job.extras & 8 <> 0 THEN
        DELETE FROM attempt WHERE handle = job.handle;
    END IF;
    IF job.extras & 16 <> 0 THEN
        DELETE FROM log WHERE handle = job.handle;
    END IF;
    DELETE FROM completion WHERE handle = job.handle;
    PERFORM shift(c, job, NULL);
    IF job.key IS NOT NULL THEN
        PERFORM key_moved(c, job, NULL);
    END IF;
    IF job.flags & 136 <> 0 THEN
        PERFORM links_gone(job);
    END IF;
END $$;
