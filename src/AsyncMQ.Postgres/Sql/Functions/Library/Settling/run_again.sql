-- Lets a job run again after a delay; without one at once, behind its equals.
CREATE OR REPLACE FUNCTION run_again(c step_context, INOUT job live, p_delay interval) LANGUAGE plpgsql AS $$
BEGIN
    IF p_delay > '0' THEN
        job.due := add_time(c.at, p_delay);
        job := move_job(c, job, 2::smallint);
    ELSE
        job := move_behind(c, job);
    END IF;
END $$;
