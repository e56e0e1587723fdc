-- The limits that hold for a key: its own, or else those that its queue has for each.
CREATE OR REPLACE FUNCTION limits_of(q queue, k job_key) RETURNS key_limits LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    limits key_limits;
BEGIN
    IF k.has_limits THEN
        limits := ROW(k.concurrency, k.permits, k.permit_window, k.in_order);
    ELSIF q.has_key_limits THEN
        limits := ROW(q.key_concurrency, q.key_permits, q.key_permit_window, q.key_order);
    END IF;
    RETURN limits;
END $$;
