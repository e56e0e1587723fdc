-- Releases a job in waiting-children when nothing but a person can: none of its open dependencies will end, or is about to be told.
CREATE OR REPLACE FUNCTION let_go(c step_context, job live) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    job_policy smallint;
BEGIN
    SELECT policy INTO job_policy FROM link WHERE handle = job.handle;
    IF EXISTS (SELECT 1 FROM standings_of(job.handle, job_policy) AS s WHERE s.status = 0 AND (s.state < 4 OR s.status_now <> 0)) THEN
        RETURN false;
    END IF;
    UPDATE edge SET status = 2 WHERE dependent = job.handle AND status = 0;
    UPDATE link SET open = 0 WHERE handle = job.handle;
    PERFORM release_jobs(c, ARRAY[job.handle]);
    RETURN true;
END $$;
