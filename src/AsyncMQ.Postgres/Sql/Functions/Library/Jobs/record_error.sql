-- Records an attempt, and its error as the job's last one.
CREATE OR REPLACE FUNCTION record_error(c step_context, INOUT job live, p_outcome smallint, p_error bytea) LANGUAGE plpgsql AS $$
BEGIN
    job := record_attempt(c, job, p_outcome, p_error);
    IF length(p_error) > 0 THEN
        job := set_extra(job, 2::smallint, p_error);
    END IF;
END $$;
