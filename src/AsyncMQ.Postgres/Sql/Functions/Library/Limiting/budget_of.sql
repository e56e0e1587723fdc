-- How many of a queue's jobs may be claimed now.
CREATE OR REPLACE FUNCTION budget_of(q queue, s queue_state, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF q.closed OR is_paused(q, p_at) OR s.held_until > p_at THEN
        RETURN 0;
    END IF;
    IF NOT q.has_limits THEN
        RETURN 2147483647;
    END IF;
    RETURN free_by_limits(q, s, p_at);
END $$;
