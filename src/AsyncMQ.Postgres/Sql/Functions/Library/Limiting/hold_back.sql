-- Nothing is claimed from a queue, or of one key, until a time. The later one of two such times stands.
CREATE OR REPLACE FUNCTION hold_back(c step_context, job live, p_is_key bool, p_until timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s queue_state;
    q queue;
    k job_key;
    before job_key;
BEGIN
    IF p_is_key AND job.key IS NOT NULL THEN
        SELECT * INTO q FROM queue WHERE id = job.queue;
        k := key_named(q.id, job.key);
        before := k;
        k.held_until := greatest(k.held_until, p_until);
        PERFORM review_key(c, q, before, k);
    ELSE
        s := state_of(job.queue);
        s.held_until := greatest(s.held_until, p_until);
        PERFORM save_state(s);
    END IF;
END $$;
