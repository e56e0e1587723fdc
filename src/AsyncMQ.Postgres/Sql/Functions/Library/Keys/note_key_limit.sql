-- For those who listen: told once that a key's limits hold jobs back, until they do not. After a claim it is told at the end of the step: see tell_key_limits.
CREATE OR REPLACE FUNCTION note_key_limit(c step_context, q queue, INOUT k job_key, p_limits key_limits, p_is_claim bool) LANGUAGE plpgsql AS $$
DECLARE
    next_at timestamptz := next_permit(k.window_ends, k.window_spent, p_limits.permits, p_limits.permit_window, c.at);
BEGIN
    IF k.waiting = 0 OR NOT (coalesce(k.active >= p_limits.concurrency, false) OR next_at IS NOT NULL) THEN
        k.limit_told := false;
    ELSIF k.limit_told = false AND p_is_claim THEN
        k.limit_told := NULL;
    ELSIF k.limit_told = false THEN
        PERFORM tell_queue(c, 262144, q.name, next_at, convert_to(k.key, 'UTF8'));
        k.limit_told := true;
    END IF;
END $$;
