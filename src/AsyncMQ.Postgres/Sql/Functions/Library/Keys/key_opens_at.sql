-- From when on a key is open: '-infinity': now; 'infinity': when something else happens. As LimitRules.OpensAt.
CREATE OR REPLACE FUNCTION key_opens_at(k job_key, p_limits key_limits, p_at timestamptz) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF k.active >= (CASE WHEN p_limits.in_order THEN 1 ELSE p_limits.concurrency END) OR (k.head IS NOT NULL AND k.head_bench IS NULL) THEN
        RETURN 'infinity';
    END IF;
    RETURN greatest(k.held_until, next_permit(k.window_ends, k.window_spent, p_limits.permits, p_limits.permit_window, p_at));
END $$;
