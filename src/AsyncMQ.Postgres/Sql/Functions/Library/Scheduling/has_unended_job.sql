-- Whether the job that a schedule added last has not ended; one that was removed has.
CREATE OR REPLACE FUNCTION has_unended_job(s schedule) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM (SELECT handle FROM job WHERE queue = s.queue AND id = s.last_job LIMIT 1) AS j
        CROSS JOIN LATERAL (SELECT 1 FROM live WHERE live.handle = j.handle LIMIT 1) AS l);
END $$;
