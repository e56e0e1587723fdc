-- A custom id stays taken as long as the age says, though the count removes the record. A cancelled one is free already.
CREATE OR REPLACE FUNCTION bury(p_job live, p_age interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s queue_state;
BEGIN
    IF p_job.flags & 32 = 0 OR p_job.state = 7 THEN
        RETURN;
    END IF;
    INSERT INTO tomb (queue, id, state, stamp, until)
    SELECT p_job.queue, j.id, p_job.state, j.stamp, coalesce(add_time(p_job.since, p_age), 'infinity') FROM job AS j WHERE j.handle = p_job.handle
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        s := state_of(p_job.queue);
        s.tombs := s.tombs + 1;
        PERFORM save_state(s);
    END IF;
END $$;
