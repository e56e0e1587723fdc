-- Writes the row of a job that has not ended, as it is in the variable. It is counted where it was: see move_job.
CREATE OR REPLACE FUNCTION save_job(job live) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE live SET
        state = job.state, flags = job.flags, sequence = job.sequence, since = job.since, attempt = job.attempt, stalls = job.stalls, extras = job.extras,
        cancel = job.cancel, bench = job.bench, due = job.due, expires = job.expires, started = job.started, worker = job.worker, session = job.session,
        lane = job.lane, step = job.step
    WHERE handle = job.handle;
END $$;
