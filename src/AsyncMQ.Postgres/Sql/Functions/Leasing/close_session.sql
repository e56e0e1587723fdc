-- Ends a session: its claims go back, the oldest first, with their attempts; its lanes are forgotten. Repeatable.
CREATE OR REPLACE FUNCTION close_session(p_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c step_context;
    closed session;
    job live;
BEGIN
    c := begin_unnamed();
    UPDATE session SET ended = c.at WHERE id = p_id AND ended IS NULL RETURNING * INTO closed;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM forget_lanes(closed.key);
    FOR job IN SELECT * FROM live WHERE state = 1 AND session = closed.key ORDER BY started, turn NULLS FIRST, handle LOOP
        IF completed_in(job.handle) IS NOT NULL THEN
            PERFORM complete_job(c, job);
            CONTINUE;
        END IF;
        job.attempt := job.attempt - 1;
        IF job.cancel THEN
            job.attempt := job.attempt + 1;
            job := record_attempt(c, job, 4::smallint, NULL);
            job.attempt := job.attempt - 1;
            PERFORM finish_job(c, job, 7::smallint);
        ELSE
            job := move_job(c, job, 0::smallint);
            PERFORM tell_job(c, 128, job);
        END IF;
    END LOOP;
    IF closed.lease IS NOT NULL THEN
        PERFORM tell_worker(c, 1048576, closed, false);
    END IF;
    PERFORM spread(c);
    PERFORM tell_drained(c);
END $$;
