-- Schedules whose time has come, longest due first. Each row has the store's time, and the time of the next one that is not due; one row without a schedule
-- when none is. Asked for one more than wanted, it tells whether there is more.
CREATE OR REPLACE FUNCTION due_schedules(p_take int)
RETURNS TABLE (now timestamptz, following timestamptz, queue text, id text, revision bigint, next timestamptz, paused bool, runs bigint, created timestamptz,
    fired timestamptz, last_job text, definition bytea) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT t.now, f.next, r.*
        FROM (SELECT store_time() AS now) AS t
        LEFT JOIN LATERAL (SELECT next FROM schedule WHERE next > t.now AND NOT paused AND NOT shut ORDER BY next, key LIMIT 1) AS f ON true
        LEFT JOIN LATERAL (
            SELECT * FROM schedule WHERE next <= t.now AND NOT paused AND NOT shut ORDER BY next, key LIMIT p_take) AS s ON true
        LEFT JOIN LATERAL schedule_records(ROW(s.*)::schedule) AS r ON true;
END $$;
