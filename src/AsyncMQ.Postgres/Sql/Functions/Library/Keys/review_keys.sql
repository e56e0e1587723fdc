-- All keys of a queue, in order: its limits have changed, or the clock was put back.
CREATE OR REPLACE FUNCTION review_keys(c step_context, q queue) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    k job_key;
BEGIN
    FOR k IN SELECT * FROM job_key WHERE queue = q.id ORDER BY place LOOP
        PERFORM review_key(c, q, k, k);
    END LOOP;
END $$;
