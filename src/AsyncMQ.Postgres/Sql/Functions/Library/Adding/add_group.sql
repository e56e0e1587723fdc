-- Adds the jobs of one group one by one, or refuses it whole. p_flow: the flow that they join; NULL: none. Gives the group's part of the answer of add_jobs.
CREATE OR REPLACE FUNCTION add_group(c step_context, p_flow new_flow, p_jobs new_job[]) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    job new_job;
    links group_links;
    places jsonb;
    expected bool[];
    answer json;
    outcomes json[] := '{}';
    place int := 0;
    added record;
BEGIN
    links.is_linked := p_flow.id IS NOT NULL;
    FOREACH job IN ARRAY p_jobs LOOP
        IF EXISTS (SELECT 1 FROM queue WHERE name = job.queue AND closed) THEN
            RETURN json_build_object('reason', 1, 'job', place, 'detail', job.queue);
        END IF;
        links.is_linked := links.is_linked OR job.other_ids IS NOT NULL;
        place := place + 1;
    END LOOP;
    IF links.is_linked THEN
        places := places_of(p_jobs);
        SELECT * INTO answer, expected, links.flow_number FROM check_group(c, p_flow, p_jobs, places);
        IF answer IS NOT NULL THEN
            RETURN answer;
        END IF;
        links.flow_id := p_flow.id;
        links.flow_stamp := p_flow.stamp;
    END IF;

    FOREACH job IN ARRAY p_jobs LOOP
        IF links.is_linked THEN
            links.is_expected := expected[(places ->> name_of(job.queue, job.id))::int];
        END IF;
        SELECT * INTO added FROM add_one(c, queue_or_new(job.queue), job, links);
        links := added.links;
        outcomes := outcomes || added.outcome;
        IF links.failing IS NOT NULL THEN
            PERFORM fail_job(c, find_job(links.failing), links.error);
            links.failing := NULL;
        END IF;
    END LOOP;
    RETURN array_to_json(outcomes);
END $$;
