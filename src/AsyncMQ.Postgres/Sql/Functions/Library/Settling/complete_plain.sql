-- Completes jobs that have nothing to do at their end, all at once. Gives the handles of those; the others are to be looked at one by one.
CREATE OR REPLACE FUNCTION complete_plain(c step_context, p_handles bigint[], p_lanes int[], p_steps bigint[], p_data bytea[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    applied bigint[];
    queues int[];
    is_watched bool;
    s queue_state;
    completed record;
    may_be_done bool := has_completions();
BEGIN
    -- 11: deduplication, key, dependents.
    WITH put AS (
        INSERT INTO ended (handle, queue, state, flags, priority, sequence, since, attempt, stalls, extras, expires, started, worker)
        SELECT l.handle, l.queue, 4, l.flags, l.priority, nextval('number'), c.at, l.attempt, l.stalls,
            l.extras | CASE WHEN length(d.data) > 0 THEN 1 ELSE 0 END, l.expires, l.started, l.worker
        FROM unnest(p_handles, p_lanes, p_steps, p_data) AS d(handle, lane, step, data)
        CROSS JOIN LATERAL (SELECT * FROM live WHERE live.handle = d.handle LIMIT 1) AS l
        WHERE l.state = 1 AND l.session = c.session AND l.lane = d.lane AND l.step = d.step AND NOT l.cancel AND l.flags & 11 = 0
          AND NOT (may_be_done AND EXISTS (SELECT 1 FROM completion AS x WHERE x.handle = l.handle))
        ON CONFLICT (handle) DO NOTHING
        RETURNING handle, queue, flags)
    SELECT array_agg(handle), array_agg(queue), bool_or(flags & 16 <> 0) INTO applied, queues, is_watched FROM put;
    IF applied IS NULL THEN
        RETURN '{}';
    END IF;

    DELETE FROM live WHERE handle = ANY (applied);
    IF p_data IS NOT NULL THEN
        INSERT INTO extra (handle, kind, data)
        SELECT handle, 1, data FROM unnest(p_handles, p_data) AS d(handle, data) WHERE length(data) > 0 AND handle = ANY (applied)
        ON CONFLICT DO NOTHING;
    END IF;

    FOR completed IN SELECT queue, count(*) AS count FROM unnest(queues) AS q(queue) GROUP BY queue LOOP
        s := state_of(completed.queue);
        s.counts[2] := s.counts[2] - completed.count;
        s := save_state(count_ends(s, 4::smallint, completed.count, c.at));
        PERFORM tell('W' || name) FROM queue WHERE id = completed.queue AND (has_limits OR has_key_limits) AND s.counts[1] + s.counts[3] > 0;
        IF c.heard AND s.counts[1] + s.counts[2] = 0 THEN
            PERFORM note_drained(completed.queue);
        END IF;
    END LOOP;

    IF is_watched THEN -- 16: somebody waits for one of them
        PERFORM tell_ended(ROW(ended.*)::live, job.id) FROM unnest(applied) AS a(handle) CROSS JOIN LATERAL (SELECT * FROM ended WHERE ended.handle = a.handle LIMIT 1) AS ended
        CROSS JOIN LATERAL (SELECT * FROM job WHERE job.handle = a.handle LIMIT 1) AS job WHERE ended.flags & 16 <> 0;
    END IF;
    IF c.heard THEN
        PERFORM tell_jobs(c, 32, applied);
    END IF;
    RETURN applied;
END $$;
