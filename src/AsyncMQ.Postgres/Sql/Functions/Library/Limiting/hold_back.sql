-- Nothing is claimed from a queue, or of one key, until a time. The later one of two such times stands.
CREATE OR REPLACE FUNCTION hold_back(c step_context, job live, p_is_key bool, p_until timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s queue_state := state_of(job.queue);
BEGIN
    s.held_until := greatest(s.held_until, p_until);
    PERFORM save_state(s);
END $$;
