-- A job is parked: it gives back the latest permit of its queue that was spent, and that of its key.
CREATE OR REPLACE FUNCTION return_permit(job live) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s queue_state := state_of(job.queue);
    k job_key;
BEGIN
    IF cardinality(s.window_ends) > 0 THEN
        SELECT g.ends, g.spent INTO s.window_ends, s.window_spent FROM give_back_permit(s.window_ends, s.window_spent) AS g;
        PERFORM save_state(s);
    END IF;
    IF job.key IS NOT NULL THEN
        k := key_named(job.queue, job.key);
        IF cardinality(k.window_ends) > 0 THEN
            SELECT g.ends, g.spent INTO k.window_ends, k.window_spent FROM give_back_permit(k.window_ends, k.window_spent) AS g;
            PERFORM save_key(k);
        END IF;
    END IF;
END $$;
