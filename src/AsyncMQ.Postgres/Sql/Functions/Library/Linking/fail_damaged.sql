-- Fails those of the jobs whose link is missing: nobody knows what they wait for.
CREATE OR REPLACE FUNCTION fail_damaged(c step_context, p_dependency bigint, p_handles bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    job live;
BEGIN
    UPDATE edge SET status = 2 WHERE dependency = p_dependency AND dependent = ANY (p_handles) AND status = 0 AND NOT EXISTS (SELECT 1 FROM link WHERE handle = edge.dependent);
    FOR job IN SELECT * FROM live WHERE handle = ANY (p_handles) AND state = 3 AND NOT EXISTS (SELECT 1 FROM link WHERE link.handle = live.handle) ORDER BY handle LOOP
        PERFORM fail_job(c, job, convert_to('The store''s record of this job is damaged: what it waits for is missing.', 'UTF8'));
    END LOOP;
END $$;
