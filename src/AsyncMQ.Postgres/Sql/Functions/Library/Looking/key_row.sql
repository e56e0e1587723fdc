-- What is told of a key. No row: there is nothing to remember any more, only nobody has noticed yet.
CREATE OR REPLACE FUNCTION key_row(q queue, k job_key, p_at timestamptz)
RETURNS TABLE (key text, has_limits bool, concurrency int, permits int, permit_window bigint, in_order bool, waiting bigint, active int, held_until timestamptz,
    next_permit timestamptz, head text) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    limits key_limits := limits_of(q, k);
BEGIN
    IF key_forgotten_at(k, limits, p_at) <= p_at THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT k.key, k.has_limits, k.concurrency, k.permits, k.permit_window, k.in_order, k.waiting, k.active,
        CASE WHEN k.held_until > p_at THEN k.held_until END,
        next_permit(k.window_ends, k.window_spent, limits.permits, limits.permit_window, p_at),
        (SELECT j.id FROM job AS j WHERE j.handle = k.head);
END $$;
