-- One bounded step of housekeeping: p_limit records at most, of a hundred queues. The policy given is for queues that have none of their own.
-- Answer: the number removed, that expired, whether there is more; how long until the next schedule is due (NULL: none is to come).
CREATE OR REPLACE FUNCTION maintain(
    p_session uuid, p_lane int, p_step bigint, p_limit int, p_age interval, p_count int, p_failed_age interval, p_failed_count int)
RETURNS TABLE (removed int, expired int, more bool, next_schedule interval) LANGUAGE plpgsql AS $$
DECLARE
    most_queues constant int := 100;
    unused_session_lives constant interval := '1 hour';
    ended_session_is_known constant interval := '1 day';
    c step_context := enter(p_session, p_lane, p_step);
    left_over int := p_limit;
    is_seen bool := true;
    looked_at int := 0;
    done int;
    kept record;
    q queue;
BEGIN
    next_schedule := next_schedule_at() - c.at;
    next_schedule := CASE WHEN next_schedule < '0' THEN '0' ELSE next_schedule END;
    IF c.again THEN
        SELECT (r ->> 0)::int, (r ->> 1)::int, (r ->> 2)::bool INTO removed, expired, more FROM (SELECT convert_from(c.reply, 'UTF8')::json AS r) AS told;
        RETURN NEXT;
        RETURN;
    END IF;

    removed := 0;
    expired := 0;
    FOR q IN SELECT * FROM queue WHERE id > (SELECT maintained FROM meta) ORDER BY id LIMIT most_queues LOOP
        looked_at := looked_at + 1;
        done := expire_due(c, q.id, left_over);
        expired := expired + done;
        left_over := left_over - done;
        FOR kept IN
            SELECT states, CASE WHEN q.has_retention THEN own_age ELSE age END AS age, CASE WHEN q.has_retention THEN own_count ELSE count END AS count
            FROM (VALUES
                ('{4,6,7}'::smallint[], q.retain_age, q.retain_count, p_age, p_count),
                ('{5}'::smallint[], q.retain_failed_age, q.retain_failed_count, p_failed_age, p_failed_count)) AS v(states, own_age, own_count, age, count)
        LOOP
            SELECT is_seen AND r.is_done, r.removed INTO is_seen, done FROM retain(c, q, kept.states, kept.age, kept.count, left_over) AS r;
            removed := removed + done;
            left_over := left_over - done;
        END LOOP;
        EXIT WHEN left_over = 0;
        UPDATE meta SET maintained = q.id;
    END LOOP;
    IF left_over > 0 THEN
        IF looked_at = most_queues THEN
            is_seen := false;
        ELSIF looked_at > 0 THEN
            UPDATE meta SET maintained = 0;
        END IF;
    END IF;

    left_over := left_over - drop_tombs(c, left_over);
    DELETE FROM dedup WHERE ctid = ANY (ARRAY(SELECT ctid FROM dedup WHERE free_at <= c.at ORDER BY free_at LIMIT left_over));
    GET DIAGNOSTICS done = ROW_COUNT;
    left_over := left_over - done;
    left_over := left_over - forget_keys(c, left_over);
    UPDATE session SET ended = c.at WHERE key = ANY (ARRAY(
        SELECT key FROM session WHERE ended IS NULL AND lease IS NULL AND seen < c.at - unused_session_lives ORDER BY key LIMIT left_over));
    GET DIAGNOSTICS done = ROW_COUNT;
    left_over := left_over - done;
    IF done > 0 THEN
        PERFORM forget_lanes(key) FROM session WHERE ended = c.at;
    END IF;
    -- Ended long ago, without claims: nobody will ask for it again.
    DELETE FROM session WHERE key = ANY (ARRAY(
        SELECT key FROM session AS s WHERE ended < c.at - ended_session_is_known AND s.claims_from = 'infinity'
        ORDER BY ended LIMIT left_over));
    GET DIAGNOSTICS done = ROW_COUNT;
    left_over := left_over - done;
    -- Of jobs that are gone: they committed too late to count.
    DELETE FROM completion WHERE handle = ANY (ARRAY(
        SELECT handle FROM completion AS x WHERE NOT settled AND NOT EXISTS (SELECT 1 FROM job WHERE job.handle = x.handle) ORDER BY handle LIMIT left_over));
    GET DIAGNOSTICS done = ROW_COUNT;
    left_over := left_over - done;
    left_over := left_over - tidy_events(c, left_over);
    left_over := left_over - drop_old_figures(c, left_over);
    IF has_effects() THEN
        PERFORM spread(c);
    END IF;
    PERFORM tell_drained(c);

    more := left_over <= 0 OR NOT is_seen OR has_effects() OR coalesce(c.took AND EXISTS (SELECT 1 FROM inbox), false);
    IF left_over < p_limit THEN
        PERFORM keep_reply(c, convert_to(json_build_array(removed, expired, more)::text, 'UTF8'));
    END IF;
    RETURN NEXT;
END $$;
