-- All queues, with what holds them back. next_permit: NULL: one is left, or none is needed. Windows are in ticks.
CREATE OR REPLACE FUNCTION list_queues()
RETURNS TABLE (now timestamptz, name text, closed bool, is_paused bool, paused_at timestamptz, paused_until timestamptz, paused_by bytea, paused_why bytea,
    has_retention bool, retain_age interval, retain_count int, retain_failed_age interval, retain_failed_count int, held_until timestamptz, next_permit timestamptz,
    has_limits bool, concurrency int, permits int, permit_window bigint, has_key_limits bool, key_concurrency int, key_permits int, key_permit_window bigint, key_order bool)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT t.now, q.name, q.closed, is_paused(q, t.now), q.paused_at, q.paused_until, q.paused_by, q.paused_why, q.has_retention, q.retain_age, q.retain_count,
            q.retain_failed_age, q.retain_failed_count, s.held_until, next_permit(s.window_ends, s.window_spent, q.permits, q.permit_window, t.now),
            q.has_limits, q.concurrency, q.permits, q.permit_window, q.has_key_limits, q.key_concurrency, q.key_permits, q.key_permit_window, q.key_order
        FROM queue AS q CROSS JOIN LATERAL (SELECT * FROM queue_state WHERE queue_state.queue = q.id ORDER BY version DESC LIMIT 1) AS s
        CROSS JOIN (SELECT store_time() AS now) AS t;
END $$;
