-- The next jobs without keys, by priority, then sequence, among those that are not parked and those parked on benches that the session knows. Of those not
-- parked only such of the first priority: who comes behind is asked for again.
CREATE OR REPLACE FUNCTION choose_in_order(s queue_state, p_benches text[], p_most int) RETURNS candidate[] LANGUAGE plpgsql AS $$
DECLARE
    has_plain bool := s.counts[1] - s.parked - s.keyed > 0;
BEGIN
    RETURN (
        SELECT array_agg(ROW(handle, priority, sequence, since, expires, bench, NULL, 0)::candidate)
        FROM (
            SELECT * FROM (
                (SELECT * FROM live
                    WHERE has_plain AND queue = s.queue AND state = 0 AND bench = '' AND key IS NULL
                        AND priority >= coalesce(s.levels[1], -2147483648) AND priority <= coalesce(s.levels[1], 2147483647)
                        AND (priority, sequence) >= (coalesce(s.levels[1], -2147483648), coalesce(s.level_floors[1], -1))
                    ORDER BY priority, sequence LIMIT p_most)
                UNION ALL
                SELECT p.* FROM unnest(p_benches) AS b(bench)
                CROSS JOIN LATERAL (
                    SELECT * FROM live
                    WHERE live.queue = s.queue AND live.state = 0 AND live.bench = b.bench AND live.bench <> '' AND live.key IS NULL
                        AND live.priority <= coalesce(s.levels[1], 2147483647)
                    ORDER BY live.priority, live.sequence LIMIT p_most) AS p) AS both_kinds
            ORDER BY priority, sequence LIMIT p_most) AS found);
END $$;
