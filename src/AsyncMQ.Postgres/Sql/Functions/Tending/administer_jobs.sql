-- Does one command, as in JobCommand, to many jobs, each by itself, in order. p_expected: in which states, a bit each; p_not_after: only to those that ended,
-- or else were added, until then. p_delay, p_run_at: for Reschedule.
-- Answer: two bytes for each job: what came of it, as in JobChangeOutcome, and its state before, 255 when there was none.
CREATE OR REPLACE FUNCTION administer_jobs(
    p_session uuid, p_lane int, p_step bigint, p_command int, p_expected int, p_not_after timestamptz, p_delay interval, p_run_at timestamptz,
    p_queues text[], p_ids text[])
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    done constant int := 0;
    not_found constant int := 1;
    wrong_state constant int := 2;
    c step_context := enter(p_session, p_lane, p_step);
    job live;
    job_added timestamptz;
    outcome int;
    reply bytea := decode(repeat('01ff', cardinality(p_ids)), 'hex');
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;

    FOR i IN 1 .. cardinality(p_ids) LOOP
        SELECT found.* INTO job FROM queue AS q
        CROSS JOIN LATERAL (SELECT j.handle FROM job AS j WHERE j.queue = q.id AND j.id = p_ids[i] LIMIT 1) AS named CROSS JOIN LATERAL find_job(named.handle) AS found
        WHERE q.name = p_queues[i];
        CONTINUE WHEN job.handle IS NULL;
        -- An ended job counts from its end, so that a loop of retries does not meet a job again that has failed again meanwhile.
        IF p_not_after IS NOT NULL THEN
            SELECT CASE WHEN job.state >= 4 THEN job.since ELSE j.added END INTO job_added FROM job AS j WHERE j.handle = job.handle;
        END IF;
        IF p_expected & (1 << job.state) = 0 OR coalesce(job_added > p_not_after, false) THEN
            outcome := wrong_state;
        ELSE
            CASE p_command
            WHEN 0 THEN
                PERFORM finish_job(c, job, NULL::smallint);
                outcome := done;
            WHEN 1 THEN
                outcome := retry_job(c, job);
            WHEN 2 THEN
                outcome := promote_job(c, job);
            WHEN 3 THEN
                outcome := cancel_job(c, job);
            WHEN 4 THEN
                outcome := reschedule_job(c, job, coalesce(p_run_at, add_time(c.at, p_delay), c.at));
            ELSE
                outcome := watch_job(job);
            END CASE;
        END IF;
        reply := set_byte(set_byte(reply, 2 * i - 2, outcome), 2 * i - 1, job.state);
    END LOOP;

    PERFORM spread(c);
    PERFORM tell_drained(c);
    PERFORM keep_reply(c, reply);
    RETURN reply;
END $$;
