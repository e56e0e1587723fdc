-- Adds one job to an open queue. Gives what came of it, as in AddOutcome (0 created, 1 duplicate, 3 replaced), or the id of the job that suppressed it; and
-- its handle, if it was stored. links: what its group has to know; NULL: it has nothing to do with others.
CREATE OR REPLACE FUNCTION add_one(
    c step_context, q queue, p_job new_job, OUT outcome json, OUT stored bigint, INOUT links group_links DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    dead tomb;
    taken job;
    hold dedup;
    owner live;
    fresh timestamptz := add_time(c.at, p_job.dedup_ttl);
    asks_extend bool := p_job.dedup_options & 1 <> 0;
    asks_replace bool := p_job.dedup_options & 2 <> 0;
    asks_keep bool := p_job.dedup_options & 4 <> 0;
    is_held bool;
    new_window timestamptz;
    linked record;
BEGIN
    IF links.suppressed IS NOT NULL THEN
        links := stand_in(links, p_job.queue, p_job.id);
    END IF;
    dead := tomb_of(q.id, p_job.id, c.at);
    IF dead.id IS NOT NULL THEN
        outcome := to_json(CASE WHEN dead.stamp = p_job.stamp THEN 0 ELSE 1 END);
        RETURN;
    END IF;
    SELECT * INTO taken FROM job WHERE queue = q.id AND id = p_job.id;
    IF taken.stamp = p_job.stamp THEN
        outcome := to_json(0);
        RETURN;
    END IF;
    IF taken.handle IS NOT NULL AND (find_job(taken.handle)).state <> 7 THEN
        outcome := to_json(1);
        RETURN;
    END IF;

    outcome := to_json(0);
    IF p_job.dedup IS NOT NULL THEN
        -- The rule is DeduplicationRules.
        SELECT * INTO hold FROM dedup WHERE queue = q.id AND id = p_job.dedup;
        IF FOUND THEN
            owner := find_job(hold.owner);
            is_held := asks_keep AND coalesce(owner.state = 1, false) OR is_taken(hold.window_ends, owner.state, c.at);
        END IF;
        IF NOT coalesce(is_held, false) THEN
            new_window := fresh;
        ELSIF asks_replace AND coalesce(owner.state = 2, false) THEN
            new_window := CASE WHEN p_job.dedup_ttl IS NULL OR asks_extend THEN fresh ELSE coalesce(hold.window_ends, fresh) END;
            -- The old one's removal releases nothing: there is no kept add any more, and the id has its new owner in this same step.
            UPDATE dedup SET kept = NULL WHERE queue = q.id AND id = p_job.dedup;
            PERFORM finish_job(c, owner, NULL::smallint);
            outcome := to_json(3);
        ELSE
            new_window := CASE WHEN asks_extend AND fresh IS NOT NULL THEN fresh ELSE hold.window_ends END;
            IF new_window IS DISTINCT FROM hold.window_ends THEN
                -- Where the owner has ended, the record goes at the end of its window.
                UPDATE dedup SET window_ends = new_window, free_at = CASE WHEN free_at IS NOT NULL THEN new_window END WHERE queue = q.id AND id = p_job.dedup;
            END IF;
            IF asks_keep AND coalesce(owner.state = 1, false) THEN
                UPDATE dedup SET kept = p_job WHERE queue = q.id AND id = p_job.dedup;
            END IF;
            IF links.is_linked THEN
                links := stand_in(links, p_job.queue, p_job.id, hold.owner_id, hold.owner);
            END IF;
            PERFORM tell_deduplicated(c, p_job, hold.owner_id);
            outcome := to_json(hold.owner_id);
            RETURN;
        END IF;
    END IF;

    PERFORM try_free(c, q.id, p_job.id);
    IF links.is_linked THEN
        linked := store_linked(c, q, p_job, links);
        stored := linked.stored;
        links := linked.links;
    ELSE
        stored := store_job(c, q, p_job);
    END IF;
    IF p_job.dedup IS NOT NULL THEN
        PERFORM own_dedup(q.id, p_job.dedup, stored, p_job.id, new_window);
    END IF;
END $$;
