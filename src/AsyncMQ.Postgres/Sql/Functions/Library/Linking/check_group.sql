-- Whatever refuses or answers a group with a flow or dependencies, before anything of it is written. answer: NULL: it is to be added. expected: by place,
-- whether a later job of the group depends on this one. p_places: see places_of.
CREATE OR REPLACE FUNCTION check_group(c step_context, p_flow new_flow, p_jobs new_job[], p_places jsonb, OUT answer json, OUT expected bool[], OUT flow_number bigint)
LANGUAGE plpgsql AS $$
DECLARE
    flow_stamp bigint;
    job new_job;
    place int := 0;
    first int;
    unknown text;
    stamp bigint;
BEGIN
    expected := array_fill(false, ARRAY[cardinality(p_jobs)]);
    SELECT f.number, f.stamp INTO flow_number, flow_stamp FROM flow AS f WHERE f.id = p_flow.id;
    IF flow_number IS NOT NULL AND NOT p_flow.extends THEN
        answer := array_to_json(array_fill(CASE WHEN flow_stamp = p_flow.stamp THEN 0 ELSE 1 END, ARRAY[cardinality(p_jobs)]));
        RETURN;
    END IF;

    FOREACH job IN ARRAY p_jobs LOOP
        place := place + 1;
        CONTINUE WHEN job.other_ids IS NULL;
        unknown := NULL;
        FOR i IN 1 .. cardinality(job.other_ids) LOOP
            first := (p_places ->> name_of(job.other_queues[i], job.other_ids[i]))::int;
            IF first < place THEN
                expected[first] := true;
            ELSIF unknown IS NULL AND NOT is_known(job.other_queues[i], job.other_ids[i], c.at) THEN
                unknown := job.other_queues[i] || '/' || job.other_ids[i];
            END IF;
        END LOOP;
        -- A job that is there already is answered so, whatever became of its dependencies since.
        IF unknown IS NOT NULL AND stamp_of(c, job) IS NULL THEN
            answer := json_build_object('reason', 0, 'job', place - 1, 'detail', unknown);
            RETURN;
        END IF;
    END LOOP;

    IF p_flow.id IS NULL THEN
        RETURN;
    END IF;
    IF p_flow.extends AND flow_number IS NULL AND cardinality(p_jobs) > 0 THEN
        answer := json_build_object('reason', 2, 'job', 0, 'detail', p_flow.id);
        RETURN;
    END IF;
    place := 0;
    FOREACH job IN ARRAY p_jobs LOOP
        place := place + 1;
        stamp := stamp_of(c, job);
        IF stamp <> job.stamp OR (p_places ->> name_of(job.queue, job.id))::int < place THEN
            answer := json_build_object('reason', 3, 'job', place - 1, 'detail', job.id);
            RETURN;
        END IF;
    END LOOP;
END $$;
