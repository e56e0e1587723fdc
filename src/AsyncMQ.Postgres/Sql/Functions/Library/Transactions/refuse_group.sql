-- Fails the jobs of a group that cannot be added now that its transaction has committed: nobody is there to be told, so they tell it. One whose id is taken
-- is not stored. p_refusal: as in the answer of add_jobs.
CREATE OR REPLACE FUNCTION refuse_group(c step_context, p_jobs new_job[], p_refusal json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    refused new_job := p_jobs[(p_refusal ->> 'job')::int + 1];
    error bytea := refusal_error((p_refusal ->> 'reason')::int, refused.queue || '/' || refused.id, p_refusal ->> 'detail');
    job new_job;
    added record;
BEGIN
    FOREACH job IN ARRAY p_jobs LOOP
        -- It is stored for what it tells, and has nothing to do with others.
        job.dedup := NULL;
        job.other_queues := NULL;
        job.other_ids := NULL;
        job.flags := job.flags & ~1;
        SELECT * INTO added FROM add_one(c, queue_or_new(job.queue), job);
        IF added.stored IS NOT NULL THEN
            PERFORM fail_job(c, find_job(added.stored), error);
        END IF;
    END LOOP;
END $$;
