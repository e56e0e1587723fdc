-- The stamp of whoever has the id of a new job; NULL: it is free. A cancelled record gives its id up, but to the very add that made it.
CREATE OR REPLACE FUNCTION stamp_of(c step_context, p_job new_job) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    q int;
    dead tomb;
    taken job;
BEGIN
    SELECT id INTO q FROM queue WHERE name = p_job.queue;
    dead := tomb_of(q, p_job.id, c.at);
    IF dead.id IS NOT NULL THEN
        RETURN dead.stamp;
    END IF;
    SELECT * INTO taken FROM job WHERE queue = q AND id = p_job.id;
    IF taken.stamp <> p_job.stamp AND (find_job(taken.handle)).state = 7 THEN
        RETURN NULL;
    END IF;
    RETURN taken.stamp;
END $$;
