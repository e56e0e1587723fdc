-- After a claim: tells once that a queue's limits hold jobs back, until they do not.
CREATE OR REPLACE FUNCTION tell_limit(c step_context, q queue) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s queue_state := state_of(q.id);
    is_reached bool := NOT q.closed AND NOT is_paused(q, c.at) AND s.counts[1] > 0 AND free_by_limits(q, s, c.at) = 0;
BEGIN
    IF is_reached = s.limit_told THEN
        RETURN;
    END IF;
    IF is_reached THEN
        PERFORM tell_queue(c, 262144, q.name, next_permit(s.window_ends, s.window_spent, q.permits, q.permit_window, c.at));
    END IF;
    s.limit_told := is_reached;
    PERFORM save_state(s);
END $$;
