-- Ends a job that a transaction of its handler has completed. p_result: what was said of it since; empty: that of the transaction counts.
CREATE OR REPLACE FUNCTION complete_job(c step_context, INOUT job live, p_result bytea DEFAULT '') LANGUAGE plpgsql AS $$
BEGIN
    IF length(p_result) > 0 THEN
        job := set_extra(job, 1::smallint, p_result);
    END IF;
    job := finish_job(c, job, 4::smallint);
END $$;
