-- Frees a deduplication id by hand; a kept add is added at once, owning nothing. False: nobody held it.
CREATE OR REPLACE FUNCTION release_dedup(c step_context, p_queue int, p_id text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    hold dedup;
    kept new_job;
    owner live;
BEGIN
    SELECT * INTO hold FROM dedup WHERE queue = p_queue AND id = p_id;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    owner := find_job(hold.owner);
    IF NOT (coalesce(owner.state < 4, false) OR is_taken(hold.window_ends, owner.state, c.at)) THEN
        RETURN false;
    END IF;
    DELETE FROM dedup WHERE queue = p_queue AND id = p_id;
    kept := hold.kept;
    IF kept.id IS NOT NULL THEN
        PERFORM add_kept(c, kept);
    END IF;
    RETURN true;
END $$;
