-- A job without a key has come to wait: where others have keys, such jobs take their turn, too.
CREATE OR REPLACE FUNCTION plain_entered(job live) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plain_came(state_of(job.queue), job.priority, 1);
END $$;
