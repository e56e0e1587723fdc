-- Stores a job whose id is free, as waiting or delayed, or, held back, as waiting for others: then its delay and its time-to-live count from its release.
-- p_links: the flags that tell how it hangs together with others. Gives its handle.
CREATE OR REPLACE FUNCTION store_job(c step_context, q queue, p_job new_job, p_links smallint DEFAULT 0, p_is_held bool DEFAULT false) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    due timestamptz := coalesce(p_job.run_at, add_time(c.at, p_job.delay));
    job live;
BEGIN
    job.handle := nextval('number');
    job.queue := q.id;
    job.state := CASE WHEN p_is_held THEN 3 WHEN due > c.at THEN 2 ELSE 0 END;
    -- 8 dependents, 128 linked, 2 key: these are known here.
    job.flags := p_job.flags & ~138 | p_links | CASE WHEN p_job.key IS NULL THEN 0 ELSE 2 END;
    job.priority := p_job.priority;
    job.sequence := job.handle;
    job.since := c.at;
    job.attempt := 0;
    job.stalls := 0;
    job.extras := 0;
    job.cancel := false;
    job.bench := '';
    job.key := p_job.key;
    job.due := CASE WHEN job.state = 2 THEN due END;
    job.expires := CASE WHEN NOT p_is_held THEN add_time(c.at, p_job.ttl) END;
    INSERT INTO job (handle, queue, id, name, stamp, added, ttl, dedup, dedup_ttl, payload, envelope)
    VALUES (job.handle, q.id, p_job.id, p_job.name, p_job.stamp, c.at, p_job.ttl, p_job.dedup, p_job.dedup_ttl, p_job.payload, p_job.envelope);
    INSERT INTO live VALUES (job.*);
    PERFORM shift(c, NULL, job);
    IF job.key IS NOT NULL THEN
        PERFORM key_moved(c, NULL, job);
    ELSIF job.state = 0 THEN
        PERFORM plain_entered(job);
    END IF;
    PERFORM tell_job(c, 1, job);
    RETURN job.handle;
END $$;
