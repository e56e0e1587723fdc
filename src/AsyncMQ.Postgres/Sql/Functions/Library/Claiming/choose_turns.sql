-- The keys that are next on a bench, in the first priority in which any stands, each with the job that it gives.
CREATE OR REPLACE FUNCTION choose_turns(p_queue int, p_bench text, p_most int) RETURNS SETOF candidate LANGUAGE plpgsql AS $$
DECLARE
    next_turn key_turn;
BEGIN
    SELECT * INTO next_turn FROM key_turn WHERE queue = p_queue AND bench = p_bench ORDER BY priority, turn LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT l.handle, l.priority, l.sequence, l.since, l.expires, l.bench, l.key, t.turn
        FROM (
            SELECT * FROM key_turn WHERE queue = p_queue AND bench = p_bench AND priority = next_turn.priority AND key_turn.turn >= next_turn.turn
            ORDER BY key_turn.turn LIMIT p_most) AS t
        CROSS JOIN LATERAL (
            (SELECT * FROM live WHERE live.handle = t.job AND live.state = 0 LIMIT 1)
            UNION ALL
            (SELECT * FROM live
                WHERE t.job IS NULL AND live.queue = p_queue AND live.key = t.key AND live.state = 0 AND live.bench = p_bench AND live.priority = t.priority
                    AND live.sequence >= t.first
                ORDER BY live.sequence LIMIT 1)) AS l;
END $$;
