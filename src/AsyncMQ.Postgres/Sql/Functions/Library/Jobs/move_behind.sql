-- Makes a job waiting: behind its equals; one that leads its key in strict order at its old place.
CREATE OR REPLACE FUNCTION move_behind(c step_context, INOUT job live) LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_head(job) THEN
        job.sequence := nextval('number');
    END IF;
    job := move_job(c, job, 0::smallint);
END $$;
