-- Stores a job of a group with a flow or dependencies, whose id is free: what it depends on is looked up, and decides how it begins. See DependencyRules.
CREATE OR REPLACE FUNCTION store_linked(c step_context, q queue, p_job new_job, INOUT links group_links, OUT stored bigint) LANGUAGE plpgsql AS $$
DECLARE
    expected_flag int := CASE WHEN links.is_expected THEN 8 ELSE 0 END;
    handles bigint[];
    queues text[];
    ids text[];
    statuses smallint[];
    unmarked bigint[];
    open_edges int := 0;
BEGIN
    links.error := NULL;
    IF links.flow_id IS NULL AND p_job.other_ids IS NULL THEN
        stored := store_job(c, q, p_job, expected_flag::smallint);
        RETURN;
    END IF;

    IF p_job.other_ids IS NOT NULL THEN
        SELECT array_agg(d.handle ORDER BY d.place), array_agg(d.queue ORDER BY d.place), array_agg(d.id ORDER BY d.place), array_agg(d.status ORDER BY d.place),
            array_agg(d.handle) FILTER (WHERE NOT d.is_marked), count(*) FILTER (WHERE d.status = 0),
            (array_agg(dependency_error(d.queue, d.id, d.state) ORDER BY d.place) FILTER (WHERE d.status = 2 AND p_job.on_failure = 0))[1]
        INTO handles, queues, ids, statuses, unmarked, open_edges, links.error
        FROM dependencies_of(c, p_job, links) AS d;
    END IF;

    stored := store_job(c, q, p_job, (expected_flag | 128)::smallint, open_edges > 0 OR links.error IS NOT NULL);
    IF links.flow_id IS NOT NULL AND links.flow_number IS NULL THEN
        links.flow_number := nextval('number');
        INSERT INTO flow (number, id, stamp, added) VALUES (links.flow_number, links.flow_id, links.flow_stamp, c.at);
    END IF;
    INSERT INTO link (handle, open, policy, delay, run_at, flow)
    VALUES (stored, open_edges, CASE WHEN p_job.other_ids IS NULL THEN 0 ELSE p_job.on_failure END, p_job.delay, p_job.run_at, links.flow_number);
    IF p_job.other_ids IS NOT NULL THEN
        INSERT INTO edge (dependent, place, dependency, queue, id, status)
        SELECT stored, e.place, e.handle, e.queue, e.id, e.status FROM unnest(handles, queues, ids, statuses) WITH ORDINALITY AS e(handle, queue, id, status, place);
    END IF;
    IF unmarked IS NOT NULL THEN
        UPDATE live SET flags = flags | 8::smallint WHERE handle = ANY (unmarked);
        UPDATE ended SET flags = flags | 8::smallint WHERE handle = ANY (unmarked);
    END IF;
    IF links.error IS NOT NULL THEN
        links.failing := stored;
    END IF;
END $$;
