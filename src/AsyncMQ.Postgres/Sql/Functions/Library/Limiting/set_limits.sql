-- Sets a queue's limits, with those of each of its keys, or takes them away. Windows are in ticks.
CREATE OR REPLACE FUNCTION set_limits(
    c step_context, q queue, p_has_limits bool, p_concurrency int, p_permits int, p_window bigint,
    p_has_key_limits bool, p_key_concurrency int, p_key_permits int, p_key_window bigint, p_key_order bool)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s queue_state := state_of(q.id);
BEGIN
    UPDATE queue SET
        has_limits = p_has_limits, concurrency = p_concurrency, permits = p_permits, permit_window = p_window, has_key_limits = p_has_key_limits,
        key_concurrency = p_key_concurrency, key_permits = p_key_permits, key_permit_window = p_key_window, key_order = coalesce(p_key_order, false)
    WHERE id = q.id RETURNING * INTO q;
    IF p_permits IS NULL AND cardinality(s.window_ends) > 0 THEN
        s.window_ends := '{}';
        s.window_spent := '{}';
        PERFORM save_state(s);
    END IF;
    PERFORM review_keys(c, q);
    PERFORM tell('W' || q.name);
END $$;
