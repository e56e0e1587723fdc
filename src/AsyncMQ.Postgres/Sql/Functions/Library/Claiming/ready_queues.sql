-- The queues of a session that were not asked for and may have work now, at most 64; of one with few queues none: it asks for all of them.
CREATE OR REPLACE FUNCTION ready_queues(c step_context, p_asked text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    most constant int := 64;
    worked text[];
BEGIN
    SELECT queues INTO worked FROM session WHERE key = c.session AND cardinality(queues) > most;
    IF NOT FOUND OR c.lease IS NULL THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT q.name FROM unnest(worked) AS w(name) CROSS JOIN LATERAL (SELECT * FROM queue WHERE queue.name = w.name LIMIT 1) AS q
        WHERE q.name <> ALL (p_asked) AND next_work_at(c, q, state_of(q.id)) <= c.at
        LIMIT most);
END $$;
