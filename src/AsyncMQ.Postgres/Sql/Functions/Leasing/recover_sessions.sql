-- Declares sessions dead that are past their lease, and takes back their claims, the oldest first, so many at most. A job that stalled more often than its
-- queue lets (p_max_stalls, or the queue's own) fails with p_error; one that was asked to stop is cancelled.
-- Answer: JSON {"dead": the names of the sessions newly dead, in base64, "jobs": [[queue, id, state, stalls]], "more"}.
CREATE OR REPLACE FUNCTION recover_sessions(
    p_session uuid, p_lane int, p_step bigint, p_limit int, p_max_stalls int, p_queues text[], p_queue_stalls int[], p_error bytea)
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    dead session;
    job live;
    names json[] := '{}';
    jobs json[] := '{}';
    more bool := false;
    queue_name text;
    reply bytea;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    IF NOT is_recovery_allowed(c.at) THEN
        RETURN convert_to('{"dead":[],"jobs":[],"more":false}', 'UTF8');
    END IF;

    FOR dead IN SELECT * FROM session WHERE ended IS NULL AND lease IS NOT NULL AND seen + lease < c.at ORDER BY seen + lease LOOP
        UPDATE session SET ended = c.at WHERE key = dead.key;
        PERFORM forget_lanes(dead.key);
        PERFORM tell_worker(c, 1048576, dead, true);
        PERFORM tell_owner(dead.key);
        names := names || (SELECT to_json(encode(name, 'base64')) FROM worker WHERE id = dead.worker);
    END LOOP;

    FOR job IN
        SELECT l.* FROM session AS s CROSS JOIN LATERAL (SELECT * FROM live WHERE live.state = 1 AND live.session = s.key ORDER BY started, turn NULLS FIRST, handle) AS l
        WHERE s.ended IS NOT NULL AND s.claims_from < 'infinity' ORDER BY s.key, l.started, l.turn NULLS FIRST, l.handle LIMIT p_limit + 1
    LOOP
        IF cardinality(jobs) = p_limit THEN
            more := true;
            EXIT;
        END IF;
        SELECT name INTO queue_name FROM queue WHERE id = job.queue;
        IF completed_in(job.handle) IS NOT NULL THEN
            job := complete_job(c, job);
            jobs := jobs || json_build_array(queue_name, (SELECT id FROM job AS j WHERE j.handle = job.handle), job.state, job.stalls);
            CONTINUE;
        END IF;
        job := record_attempt(c, job, 3::smallint, p_error);
        job.attempt := job.attempt - 1;
        job.stalls := job.stalls + 1;
        PERFORM tell_job(c, 2048, job, p_error, (SELECT name FROM worker WHERE id = job.worker), 0::smallint);
        IF job.cancel THEN
            job := finish_job(c, job, 7::smallint);
        ELSIF job.stalls > coalesce(p_queue_stalls[array_position(p_queues, queue_name)], p_max_stalls) THEN
            job := fail_job(c, job, p_error);
        ELSE
            job := move_job(c, job, 0::smallint);
        END IF;
        jobs := jobs || json_build_array(queue_name, (SELECT id FROM job AS j WHERE j.handle = job.handle), job.state, job.stalls);
    END LOOP;
    IF NOT more THEN
        -- Once and for all: who has ended claims nothing.
        UPDATE session SET claims_from = 'infinity' WHERE ended IS NOT NULL AND claims_from < 'infinity';
    END IF;
    PERFORM spread(c);
    PERFORM tell_drained(c);

    reply := convert_to(json_build_object('dead', array_to_json(names), 'jobs', array_to_json(jobs), 'more', more)::text, 'UTF8');
    -- The caller may have been among the dead; then its lanes are forgotten, and this reply is its last.
    IF (cardinality(names) > 0 OR cardinality(jobs) > 0) AND EXISTS (SELECT 1 FROM session WHERE key = c.session AND ended IS NULL) THEN
        PERFORM keep_reply(c, reply);
    END IF;
    RETURN reply;
END $$;
