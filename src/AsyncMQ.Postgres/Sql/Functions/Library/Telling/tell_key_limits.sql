-- Tells the same of the keys of jobs that were claimed: see note_key_limit.
CREATE OR REPLACE FUNCTION tell_key_limits(c step_context, p_handles bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    claimed record;
    q queue;
    k job_key;
    limits key_limits;
BEGIN
    FOR claimed IN SELECT live.queue, live.key FROM unnest(p_handles) WITH ORDINALITY AS h(handle, place) JOIN live ON live.handle = h.handle WHERE live.key IS NOT NULL ORDER BY place LOOP
        k := key_named(claimed.queue, claimed.key);
        CONTINUE WHEN k.limit_told IS NOT NULL;
        SELECT * INTO q FROM queue WHERE id = claimed.queue;
        limits := limits_of(q, k);
        PERFORM tell_queue(
            c, 262144, q.name, next_permit(k.window_ends, k.window_spent, limits.permits, limits.permit_window, c.at), convert_to(k.key, 'UTF8'));
        k.limit_told := true;
        PERFORM save_key(k);
    END LOOP;
END $$;
