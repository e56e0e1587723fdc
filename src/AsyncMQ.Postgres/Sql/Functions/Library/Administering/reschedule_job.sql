-- Gives a delayed or waiting job a new due time. 0 done, 2 wrong state.
CREATE OR REPLACE FUNCTION reschedule_job(c step_context, job live, p_due timestamptz) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF job.state NOT IN (0, 2) THEN
        RETURN 2;
    END IF;
    IF p_due > c.at THEN
        job.due := p_due;
        job := move_job(c, job, 2::smallint);
        PERFORM tell_job(c, 4096, job);
    ELSIF job.state = 2 THEN
        job := move_behind(c, job);
        PERFORM tell_job(c, 2, job);
    END IF;
    RETURN 0;
END $$;
