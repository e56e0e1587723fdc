-- A job that had ended runs again, and owns its deduplication id again. False: another job owns it.
CREATE OR REPLACE FUNCTION own_again(c step_context, job live) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    added job;
    hold dedup;
    owner live;
BEGIN
    SELECT * INTO added FROM job AS j WHERE j.handle = job.handle;
    SELECT * INTO hold FROM dedup WHERE queue = job.queue AND id = added.dedup;
    IF FOUND AND hold.owner <> job.handle THEN
        owner := find_job(hold.owner);
        IF coalesce(owner.state < 4, false) OR is_taken(hold.window_ends, owner.state, c.at) THEN
            RETURN false;
        END IF;
    END IF;
    -- The window counts from the add, so it is not opened anew.
    PERFORM own_dedup(job.queue, added.dedup, job.handle, added.id,
        CASE WHEN hold.owner = job.handle THEN hold.window_ends ELSE add_time(added.added, added.dedup_ttl) END);
    RETURN true;
END $$;
