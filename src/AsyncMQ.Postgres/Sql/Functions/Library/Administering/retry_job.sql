-- Runs a job in a final state again. Gives what came of it, as in JobChangeOutcome: 0 done, 2 wrong state, 4 deduplication taken, 5 dependency failed.
CREATE OR REPLACE FUNCTION retry_job(c step_context, job live) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    job_policy smallint;
    places int[];
    standings smallint[];
    is_held bool;
    job_ttl interval;
BEGIN
    IF job.state < 4 THEN
        RETURN 2;
    END IF;
    IF job.flags & 128 <> 0 THEN
        SELECT policy INTO job_policy FROM link WHERE handle = job.handle;
        SELECT array_agg(s.place ORDER BY s.place), array_agg(s.status_now ORDER BY s.place) INTO places, standings FROM standings_of(job.handle, job_policy) AS s;
        IF job_policy = 0 AND 2 = ANY (standings) THEN
            RETURN 5;
        END IF;
    END IF;
    IF job.flags & 1 <> 0 AND NOT own_again(c, job) THEN
        RETURN 4;
    END IF;

    -- It may be completed once more. A completion that came too late for the end that it had stays: then it is not run again.
    IF job.extras & 32 <> 0 THEN
        DELETE FROM completion WHERE handle = job.handle;
        job.extras := job.extras & ~32::smallint;
    END IF;
    job := set_extra(job, 1::smallint, '');
    job := set_extra(job, 2::smallint, '');
    IF job.flags & 136 <> 0 THEN
        PERFORM links_reopened(job, places, standings);
    END IF;
    is_held := coalesce(0 = ANY (standings), false);
    SELECT ttl INTO job_ttl FROM job AS j WHERE j.handle = job.handle;
    job.attempt := 0;
    job.stalls := 0;
    job.expires := CASE WHEN NOT is_held THEN add_time(c.at, job_ttl) END;
    job.sequence := nextval('number');
    job := move_job(c, job, CASE WHEN is_held THEN 3 ELSE 0 END::smallint);
    PERFORM tell_job(c, 64, job, p_manual := true);
    RETURN 0;
END $$;
