-- Whether a job leads its key, in strict order.
CREATE OR REPLACE FUNCTION is_head(job live) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RETURN job.key IS NOT NULL AND (key_named(job.queue, job.key)).head IS NOT DISTINCT FROM job.handle;
END $$;
