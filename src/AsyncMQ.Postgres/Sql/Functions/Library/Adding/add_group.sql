-- Adds the jobs of one group one by one, or refuses it whole. p_flow: the flow that they join; NULL: none. Gives the group's part of the answer of add_jobs.
CREATE OR REPLACE FUNCTION add_group(c step_context, p_flow new_flow, p_jobs new_job[]) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    job new_job;
    outcomes json[] := '{}';
    place int := 0;
BEGIN
    FOREACH job IN ARRAY p_jobs LOOP
        IF EXISTS (SELECT 1 FROM queue WHERE name = job.queue AND closed) THEN
            RETURN json_build_object('reason', 1, 'job', place, 'detail', job.queue);
        END IF;
        place := place + 1;
    END LOOP;

    FOREACH job IN ARRAY p_jobs LOOP
        outcomes := outcomes || (add_one(c, queue_or_new(job.queue), job)).outcome;
    END LOOP;
    RETURN array_to_json(outcomes);
END $$;
