-- A job that the session holds by this claim; NULL when the claim is not current. Found by its handle alone: any other condition lets the planner take an index
-- that is full of claims of old.
CREATE OR REPLACE FUNCTION claimed_job(c step_context, p_handle bigint, p_lane int, p_step bigint) RETURNS live LANGUAGE plpgsql AS $$
DECLARE
    job live;
BEGIN
    SELECT * INTO job FROM live WHERE handle = p_handle;
    IF job.state = 1 AND job.session = c.session AND job.lane = p_lane AND job.step = p_step THEN
        RETURN job;
    END IF;
    RETURN NULL;
END $$;
