-- Sets a key's own limits, in place of the queue's, or takes them away. The window is in ticks.
CREATE OR REPLACE FUNCTION set_key_limits(
    c step_context, q queue, p_key text, p_has_limits bool, p_concurrency int, p_permits int, p_window bigint, p_in_order bool)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    k job_key := key_named(q.id, p_key);
    before job_key := k;
BEGIN
    k.has_limits := p_has_limits;
    k.concurrency := p_concurrency;
    k.permits := p_permits;
    k.permit_window := p_window;
    k.in_order := coalesce(p_in_order, false);
    PERFORM review_key(c, q, before, k);
    PERFORM tell('W' || q.name);
END $$;
