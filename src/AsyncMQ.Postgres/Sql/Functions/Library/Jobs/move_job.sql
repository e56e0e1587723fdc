-- Puts a job, as it is in the variable, into a state that is not final: its row, its queue's counts, its key. The one way between states, but for the claim
-- and the promotion of plain jobs. p_bench: the name under which it is parked.
CREATE OR REPLACE FUNCTION move_job(c step_context, INOUT job live, p_state smallint, p_bench text DEFAULT '') LANGUAGE plpgsql AS $$
DECLARE
    before live := job;
BEGIN
    -- A delayed job waits since it was due, though nobody was there to see it.
    job.since := CASE WHEN p_state = 0 AND before.state = 2 THEN least(before.due, c.at) ELSE c.at END;
    job.state := p_state;
    job.bench := p_bench;
    job.cancel := false;
    IF p_state <> 2 THEN
        job.due := NULL;
    END IF;
    IF before.state >= 4 THEN
        DELETE FROM ended WHERE handle = job.handle;
        INSERT INTO live VALUES (job.*);
    ELSE
        PERFORM save_job(job);
    END IF;
    PERFORM shift(c, before, job);
    IF job.key IS NOT NULL THEN
        PERFORM key_moved(c, before, job);
    ELSIF p_state = 0 THEN
        PERFORM plain_entered(job);
    END IF;
END $$;
