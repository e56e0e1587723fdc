-- Counts of one queue; no row for one that is not known.
CREATE OR REPLACE FUNCTION count_jobs(p_queue text)
RETURNS TABLE (now timestamptz, counts bigint[], prioritized bigint, parked bigint, is_paused bool, paused_at timestamptz, paused_until timestamptz, paused_by bytea,
    paused_why bytea, oldest interval, ends bigint[]) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT t.now, s.counts, s.prioritized, s.parked + s.keyed_parked, is_paused(q, t.now), q.paused_at, q.paused_until, q.paused_by, q.paused_why,
            CASE WHEN first.since IS NOT NULL THEN greatest(t.now - first.since, '0') END, s.minute || s.completed_in || s.failed_in
        FROM queue AS q CROSS JOIN LATERAL (SELECT * FROM queue_state WHERE queue_state.queue = q.id ORDER BY version DESC LIMIT 1) AS s
        CROSS JOIN (SELECT store_time() AS now) AS t
        LEFT JOIN LATERAL (
            SELECT since FROM (
                (SELECT since, priority, sequence FROM live WHERE queue = q.id AND state = 0 AND bench = '' AND key IS NULL
                    AND priority >= coalesce(s.levels[1], -2147483648) ORDER BY priority, sequence LIMIT 1)
                UNION ALL
                (SELECT since, priority, sequence FROM live WHERE queue = q.id AND state = 0 AND coalesce(nullif(bench, ''), key) IS NOT NULL
                    AND s.parked + s.keyed > 0 ORDER BY priority, sequence LIMIT 1)) AS heads
            ORDER BY priority, sequence LIMIT 1) AS first ON true
        WHERE q.name = p_queue;
END $$;
