-- The claims of a session, the oldest first; of a dead one too, until they are taken back.
CREATE OR REPLACE FUNCTION list_claims(p_session uuid) RETURNS TABLE (queue text, id text, handle bigint, lane int, step bigint) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT q.name, j.id, l.handle, l.lane, l.step
        FROM session AS s CROSS JOIN LATERAL (SELECT * FROM live WHERE live.state = 1 AND live.session = s.key ORDER BY started, turn NULLS FIRST, handle) AS l
        CROSS JOIN LATERAL (SELECT * FROM job WHERE job.handle = l.handle LIMIT 1) AS j CROSS JOIN LATERAL (SELECT * FROM queue WHERE queue.id = l.queue LIMIT 1) AS q
        WHERE s.id = p_session;
END $$;
