-- Ends a job as failed.
CREATE OR REPLACE FUNCTION fail_job(c step_context, INOUT job live, p_error bytea) LANGUAGE plpgsql AS $$
BEGIN
    job := set_extra(job, 2::smallint, p_error);
    job := finish_job(c, job, 5::smallint, p_error);
END $$;
