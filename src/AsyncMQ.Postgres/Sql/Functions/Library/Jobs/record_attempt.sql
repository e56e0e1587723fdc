-- Records an attempt that did not complete: the last 64 are kept. The row has to be saved after.
CREATE OR REPLACE FUNCTION record_attempt(c step_context, INOUT job live, p_outcome smallint, p_error bytea) LANGUAGE plpgsql AS $$
DECLARE
    most constant int := 64;
    old bigint;
BEGIN
    INSERT INTO attempt (handle, place, number, outcome, started, ended, worker, error)
    VALUES (job.handle, nextval('number'), job.attempt, p_outcome, coalesce(job.started, c.at), c.at, job.worker, coalesce(p_error, ''));
    SELECT place INTO old FROM attempt WHERE handle = job.handle ORDER BY place DESC LIMIT 1 OFFSET most;
    IF FOUND THEN
        DELETE FROM attempt WHERE handle = job.handle AND place <= old;
    END IF;
    job.extras := job.extras | 8::smallint;
END $$;
