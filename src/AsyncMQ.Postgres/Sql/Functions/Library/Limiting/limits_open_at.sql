-- From when on a queue's own limits let a job be claimed: NULL: now; 'infinity': when one of its jobs ends, which is told.
CREATE OR REPLACE FUNCTION limits_open_at(q queue, s queue_state, p_at timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    IF NOT q.has_limits THEN
        RETURN NULL;
    END IF;
    IF s.counts[2] >= q.concurrency THEN
        RETURN 'infinity';
    END IF;
    RETURN next_permit(s.window_ends, s.window_spent, q.permits, q.permit_window, p_at);
END $$;
