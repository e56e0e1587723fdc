-- How many of a queue's jobs may be claimed now, as far as its own limits go.
CREATE OR REPLACE FUNCTION free_by_limits(q queue, s queue_state, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    RETURN least(
        2147483647,
        CASE WHEN q.concurrency IS NOT NULL THEN greatest(0, q.concurrency - s.counts[2]) END,
        CASE WHEN q.permits IS NOT NULL THEN permits_left(s.window_ends, s.window_spent, q.permits, q.permit_window, p_at) END);
END $$;
