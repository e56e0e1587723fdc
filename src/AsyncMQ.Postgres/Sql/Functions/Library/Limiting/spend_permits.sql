-- Jobs of a queue are claimed: each takes a permit, where the rate is limited.
CREATE OR REPLACE FUNCTION spend_permits(q queue, INOUT s queue_state, p_count int, p_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    IF q.permits IS NOT NULL THEN
        SELECT t.ends, t.spent INTO s.window_ends, s.window_spent FROM take_permits(s.window_ends, s.window_spent, q.permit_window, p_count, p_at) AS t;
    END IF;
END $$;
