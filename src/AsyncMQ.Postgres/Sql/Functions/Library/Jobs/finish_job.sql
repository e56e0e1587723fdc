-- The one way out of the queue, for settle, recover, expire, cancel and remove: ends a job, as it is in the variable, in a final state, or removes it
-- (NULL). p_error: why it failed, as it is written already.
CREATE OR REPLACE FUNCTION finish_job(c step_context, INOUT job live, p_outcome smallint, p_error bytea DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    before live := job;
    job_id text;
    dedup_id text;
    done bytea;
BEGIN
    SELECT id, dedup INTO job_id, dedup_id FROM job WHERE handle = before.handle;
    -- What a transaction of its handler completed ends in no other way.
    IF p_outcome IS NOT NULL THEN
        UPDATE completion SET settled = true WHERE handle = before.handle AND NOT settled RETURNING result INTO done;
        IF FOUND THEN
            p_outcome := 4;
            job.extras := job.extras | 32::smallint;
            IF job.extras & 1 = 0 THEN
                job := set_extra(job, 1::smallint, done);
            END IF;
        END IF;
    END IF;
    IF p_outcome IS NULL THEN
        IF job.state = 1 THEN
            PERFORM tell_owner(job.session);
        END IF;
        -- Who hears of it has yet to read its name.
        PERFORM tell_job(c, 16384, job, p_error);
        PERFORM delete_job(c, job);
    ELSE
        job.state := p_outcome;
        job.sequence := nextval('number');
        job.since := c.at;
        job.due := NULL;
        job.cancel := false;
        job.bench := '';
        DELETE FROM live WHERE handle = job.handle;
        INSERT INTO ended VALUES (job.*);
        PERFORM shift(c, before, job);
        IF job.key IS NOT NULL THEN
            PERFORM key_moved(c, before, job);
        END IF;
        IF job.flags & 8 <> 0 THEN
            PERFORM links_ended(job);
        END IF;
        -- 4 to 7: completed, failed, expired, cancelled.
        PERFORM tell_job(c, (ARRAY[32, 256, 512, 1024])[p_outcome - 3], job, p_error);
    END IF;

    -- The owner of a throttle window that has ended already was released then; its removal frees the id no earlier.
    IF job.flags & 1 <> 0 AND before.state < 4 THEN
        PERFORM owner_ended(c, before, dedup_id);
    END IF;
    PERFORM tell_ended(job, job_id);
END $$;
