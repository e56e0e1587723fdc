-- What is wrong with keys, limits and turns: a sentence for each; no row: nothing. All by one snapshot, which state_of would not keep to: steps go on meanwhile.
CREATE OR REPLACE FUNCTION audit_keys() RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
DECLARE
    q queue;
    k job_key;
    limits key_limits;
    opens_at timestamptz;
    now timestamptz := store_time();
BEGIN
    RETURN QUERY
        SELECT format('Queue ''%s'': counted %s waiting jobs with keys, %s of them parked, and %s parked ones without; found %s, %s, %s.',
            x.name, s.keyed, s.keyed_parked, s.parked, f.keyed, f.keyed_parked, f.parked)
        FROM queue AS x CROSS JOIN LATERAL (SELECT * FROM queue_state WHERE queue_state.queue = x.id ORDER BY version DESC LIMIT 1) AS s CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE key IS NOT NULL) AS keyed, count(*) FILTER (WHERE key IS NOT NULL AND bench <> '') AS keyed_parked,
                count(*) FILTER (WHERE key IS NULL AND bench <> '') AS parked
            FROM live WHERE live.queue = x.id AND live.state = 0) AS f
        WHERE (s.keyed, s.keyed_parked, s.parked) <> (f.keyed, f.keyed_parked, f.parked);
    RETURN QUERY
        SELECT format('Queue ''%s'': its window of spent permits is damaged, or nothing limits its rate.', x.name)
        FROM queue AS x CROSS JOIN LATERAL (SELECT * FROM queue_state WHERE queue_state.queue = x.id ORDER BY version DESC LIMIT 1) AS s
        WHERE cardinality(s.window_ends) <> cardinality(s.window_spent) OR (x.permits IS NULL AND cardinality(s.window_ends) > 0);
    RETURN QUERY
        SELECT format('Key ''%s'' of queue %s: counted %s waiting (%s parked) and %s running jobs, found %s (%s) and %s.',
            coalesce(r.key, f.key), coalesce(r.queue, f.queue), r.waiting, r.parked, r.active, f.waiting, f.parked, f.active)
        FROM job_key AS r FULL JOIN (
            SELECT live.queue, live.key, count(*) FILTER (WHERE state = 0) AS waiting, count(*) FILTER (WHERE state = 0 AND bench <> '') AS parked,
                count(*) FILTER (WHERE state = 1) AS active
            FROM live WHERE live.key IS NOT NULL AND state IN (0, 1) GROUP BY live.queue, live.key) AS f ON f.queue = r.queue AND f.key = r.key
        WHERE (r.waiting, r.parked, r.active) IS DISTINCT FROM (coalesce(f.waiting, 0), coalesce(f.parked, 0), coalesce(f.active, 0));
    RETURN QUERY
        SELECT format('Key ''%s'' of queue %s is on record %s times, or its queue is not.', r.key, r.queue, count(*))
        FROM job_key AS r GROUP BY r.queue, r.key HAVING count(*) > 1 OR NOT EXISTS (SELECT 1 FROM queue AS x WHERE x.id = r.queue);
    RETURN QUERY
        SELECT format('Key ''%s'' of queue %s: waits for the end of job %s, which %s', r.key, r.queue, r.head,
            CASE WHEN j.handle IS NULL THEN 'is gone or has ended.' ELSE 'is not where it should be.' END)
        FROM job_key AS r LEFT JOIN live AS j ON j.handle = r.head
        WHERE r.head IS NOT NULL AND (j.handle IS NULL OR j.key IS DISTINCT FROM r.key OR (r.head_bench IS NOT NULL) <> (j.state = 0)
            OR (r.head_bench, r.head_priority) <> (j.bench, j.priority));

    -- Keys stand exactly where the rules let them.
    RETURN QUERY
        SELECT format('Key ''%s'' of queue %s: %s in priority %s on bench ''%s''.', coalesce(may.key, t.key), coalesce(may.queue, t.queue),
            CASE WHEN t.key IS NULL THEN 'is open but does not stand' WHEN may.key IS NULL THEN 'stands but is not open' ELSE 'stands before jobs that wait, or for another head' END,
            coalesce(may.priority, t.priority), coalesce(may.bench, t.bench))
        FROM (
            SELECT live.queue, live.key, live.bench, live.priority, min(live.sequence) AS first, max(r.head) AS head
            FROM live JOIN job_key AS r ON r.queue = live.queue AND r.key = live.key
            WHERE live.state = 0 AND r.stands AND (r.head IS NULL OR (r.head_bench, r.head_priority) = (live.bench, live.priority))
            GROUP BY live.queue, live.key, live.bench, live.priority) AS may
        FULL JOIN key_turn AS t ON t.queue = may.queue AND t.key = may.key AND t.bench = may.bench AND t.priority = may.priority
        WHERE t.key IS NULL OR may.key IS NULL OR t.first > may.first OR t.job IS DISTINCT FROM may.head;
    RETURN QUERY
        SELECT format('Key ''%s'' of queue %s has two places in priority %s.', t.key, t.queue, t.priority)
        FROM key_turn AS t GROUP BY t.queue, t.key, t.priority HAVING count(DISTINCT t.turn) > 1;
    RETURN QUERY
        SELECT format('Queue %s: its jobs without a key have two turns in priority %s.', t.queue, t.priority) FROM plain_turn AS t GROUP BY t.queue, t.priority HAVING count(*) > 1;
    FOR q IN SELECT * FROM queue LOOP
        FOR k IN SELECT * FROM job_key WHERE queue = q.id LOOP
            limits := limits_of(q, k);
            opens_at := key_opens_at(k, limits, now);
            -- One whose time has come takes its place when its queue is next asked for.
            IF k.stands <> (opens_at <= now) AND NOT coalesce(opens_at <= now AND k.look_at <= now, false) AND k.waiting > 0 THEN
                RETURN NEXT format('Key ''%s'' of queue ''%s'' opens at %s, and %s.', k.key, q.name, opens_at, CASE WHEN k.stands THEN 'stands' ELSE 'does not stand' END);
            END IF;
            IF opens_at > now AND opens_at < 'infinity' AND k.waiting > 0 AND (k.look_at IS DISTINCT FROM opens_at OR NOT k.to_open) THEN
                RETURN NEXT format('Key ''%s'' of queue ''%s'' opens at %s, but is looked at %s.', k.key, q.name, opens_at, k.look_at);
            END IF;
            IF k.limit_told IS NULL OR cardinality(k.window_ends) <> cardinality(k.window_spent) OR (limits.permits IS NULL AND cardinality(k.window_ends) > 0)
                OR (k.head IS NOT NULL AND NOT coalesce(limits.in_order, false))
            THEN
                RETURN NEXT format('Key ''%s'' of queue ''%s'' remembers what its limits do not need, or has yet to be told of.', k.key, q.name);
            END IF;
        END LOOP;
    END LOOP;
END $$;
