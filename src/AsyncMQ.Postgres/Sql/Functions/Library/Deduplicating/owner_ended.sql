-- A job ended or is gone. If it owns its deduplication id, the kept add takes its place, else the id comes free, at once or at the end of its window.
CREATE OR REPLACE FUNCTION owner_ended(c step_context, job live, p_id text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    hold dedup;
    kept new_job;
    heir bigint;
BEGIN
    SELECT * INTO hold FROM dedup WHERE queue = job.queue AND id = p_id;
    IF NOT FOUND OR hold.owner <> job.handle THEN
        RETURN;
    END IF;
    kept := hold.kept;
    IF kept.id IS NOT NULL THEN
        UPDATE dedup SET kept = NULL WHERE queue = job.queue AND id = p_id;
        heir := add_kept(c, kept);
    END IF;
    IF heir IS NOT NULL THEN
        PERFORM own_dedup(job.queue, p_id, heir, kept.id, add_time(c.at, kept.dedup_ttl));
    ELSIF hold.window_ends > c.at THEN
        UPDATE dedup SET free_at = hold.window_ends WHERE queue = job.queue AND id = p_id;
    ELSE
        DELETE FROM dedup WHERE queue = job.queue AND id = p_id;
    END IF;
END $$;
