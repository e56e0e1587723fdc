-- Jobs of a queue are claimed: each takes a permit, where the rate is limited.
CREATE OR REPLACE FUNCTION spend_permits(q queue, INOUT s queue_state, p_count int, p_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
END $$;
