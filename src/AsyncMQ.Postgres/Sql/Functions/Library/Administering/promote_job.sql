-- Makes a delayed job waiting, or lets one go that only a person can. 0 done, 2 wrong state.
CREATE OR REPLACE FUNCTION promote_job(c step_context, job live) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF job.state = 3 AND let_go(c, job) THEN
        RETURN 0;
    END IF;
    IF job.state <> 2 THEN
        RETURN 2;
    END IF;
    job := move_behind(c, job);
    PERFORM tell_job(c, 2, job);
    RETURN 0;
END $$;
