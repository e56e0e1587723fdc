-- The answer to an exchange that was done before: what came of its settlements, so many, and those of its claims that are current still. Behind the
-- settlements the reply may tell the handles of the claims, where their order is not that of the queues, their priorities and sequences. What is large is left
-- out as in exchange.
CREATE OR REPLACE FUNCTION claimed_again(c step_context, p_queues text[], p_settled int)
RETURNS TABLE (settled bytea, next_work interval, ready text[], claim int, handle bigint, id text, name text, payload bytea, envelope bytea, attempt int,
    stalls int, flags smallint, priority int, added timestamptz, waited interval) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT substring(c.reply FROM 1 FOR p_settled), CASE WHEN c.lease IS NOT NULL AND NOT c.quiet THEN interval '0' END, '{}'::text[], NULL::int, NULL::bigint, NULL::text,
            NULL::text, NULL::bytea, NULL::bytea, NULL::int, NULL::int, NULL::smallint, NULL::int, NULL::timestamptz, NULL::interval
        UNION ALL
        SELECT NULL::bytea, NULL::interval, NULL::text[], s.claim, s.handle, s.id, s.name,
            CASE WHEN sum(octet_length(s.payload) + octet_length(s.envelope)) OVER so_far <= 65536 THEN s.payload END,
            CASE WHEN sum(octet_length(s.payload) + octet_length(s.envelope)) OVER so_far <= 65536 THEN s.envelope END,
            s.attempt, s.stalls, s.flags, s.priority, s.added, NULL::interval
        FROM (
            SELECT array_position(p_queues, q.name) AS claim, l.handle, j.id, j.name, j.payload, j.envelope, l.attempt, l.stalls, l.flags, l.priority, j.added
            FROM live AS l JOIN job AS j ON j.handle = l.handle JOIN queue AS q ON q.id = l.queue
            WHERE l.state = 1 AND l.session = c.session AND l.lane = c.lane AND l.step = c.number
            ORDER BY array_position(as_handles(substring(c.reply FROM p_settled + 1)), l.handle), array_position(p_queues, q.name), l.priority, l.sequence) AS s
        WINDOW so_far AS (ROWS UNBOUNDED PRECEDING);
END $$;
