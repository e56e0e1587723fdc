-- Opens the keys of a queue whose time has come, in order of that time, then of the key.
CREATE OR REPLACE FUNCTION open_due_keys(c step_context, q queue) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    k job_key;
BEGIN
    FOR k IN SELECT * FROM job_key WHERE queue = q.id AND to_open AND look_at <= c.at ORDER BY look_at, place LOOP
        PERFORM review_key(c, q, k, k);
    END LOOP;
END $$;
