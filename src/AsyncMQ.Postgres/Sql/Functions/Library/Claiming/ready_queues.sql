-- The queues of a session that were not asked for and may have work now, at most 64; of one with few queues none: it asks for all of them. Begins anywhere
-- among those with waiting jobs, so that each has its turn.
CREATE OR REPLACE FUNCTION ready_queues(c step_context, p_asked text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    most constant int := 64;
    most_looked_at constant int := 1024;
    from_queue int := floor(random() * coalesce((SELECT id FROM queue ORDER BY id DESC LIMIT 1), 0))::int;
    ready text[] := '{}';
    q queue;
BEGIN
    FOR q IN
        SELECT (candidates.found).* FROM (
            SELECT f AS found FROM (
                (SELECT queue FROM queue_work WHERE at = '-infinity' AND queue + 0 > from_queue ORDER BY queue + 0 LIMIT most_looked_at)
                UNION ALL (SELECT queue FROM queue_work WHERE at = '-infinity' AND queue + 0 <= from_queue ORDER BY queue + 0 LIMIT most_looked_at)
                UNION ALL (SELECT queue FROM queue_work WHERE at > '-infinity' AND at <= c.at ORDER BY at LIMIT most_looked_at)) AS w
            CROSS JOIN LATERAL (SELECT * FROM queue WHERE queue.id = w.queue LIMIT 1) AS f
            CROSS JOIN LATERAL (SELECT 1 FROM session_queue AS s WHERE s.session = c.session AND s.queue = f.name LIMIT 1) AS worked
            WHERE f.name <> ALL (p_asked)) AS candidates
    LOOP
        IF next_work_at(c, q, state_of(q.id)) <= c.at THEN
            ready := ready || q.name;
            EXIT WHEN cardinality(ready) = most;
        END IF;
    END LOOP;
    RETURN ready;
END $$;
