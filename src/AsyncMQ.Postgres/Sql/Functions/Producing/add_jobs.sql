-- Adds groups of jobs, each all or nothing. p_sizes: how many jobs each group has. p_plain: none of them has a key, deduplication or dependencies, and no
-- group is a flow. What is added is given in columns, as in new_jobs.
-- Answer: empty: all were created. Else JSON: for each group a list with what came of each job, as in add_one, or why it was refused: {"reason": as in
-- AddRefusalReason, "job": its place from 0, "detail"}.
CREATE OR REPLACE FUNCTION add_jobs(
    p_session uuid, p_lane int, p_step bigint, p_sizes int[], p_plain bool, p_flow_ids text[], p_flow_stamps bigint[], p_flow_extends bool[],
    p_queue_names text[], p_queues int[], p_ids text[], p_names text[], p_stamps bigint[], p_payloads bytea[], p_envelopes bytea[], p_priorities int[],
    p_flags smallint[], p_delays interval[], p_run_ats timestamptz[], p_ttls interval[], p_dedups text[], p_dedup_ttls interval[], p_dedup_options smallint[],
    p_keys text[], p_other_counts int[], p_other_queues text[], p_other_ids text[], p_failure_policies smallint[])
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    jobs new_job[];
    queues queue[];
    taken int[];
    answers json[] := '{}';
    outcomes json[];
    answer json;
    last int := 0;
    flow new_flow;
    reply bytea := '';
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;

    IF p_plain THEN
        SELECT array_agg(queue_or_new(name) ORDER BY place) INTO queues FROM unnest(p_queue_names) WITH ORDINALITY AS n(name, place);
    END IF;
    IF p_plain AND NOT EXISTS (SELECT 1 FROM unnest(queues) WHERE closed) THEN
        taken := add_plain(
            c, ARRAY(SELECT id FROM unnest(queues) WITH ORDINALITY AS q ORDER BY ordinality), p_queues, p_ids, p_names, p_stamps, p_payloads, p_envelopes,
            p_priorities, p_flags, p_delays, p_run_ats, p_ttls);
        IF cardinality(taken) > 0 THEN
            jobs := new_jobs(
                p_queue_names, p_queues, p_ids, p_names, p_stamps, p_payloads, p_envelopes, p_priorities, p_flags, p_delays, p_run_ats, p_ttls, p_dedups,
                p_dedup_ttls, p_dedup_options, p_keys, p_other_counts, p_other_queues, p_other_ids, p_failure_policies);
            outcomes := array_fill('0'::json, ARRAY[cardinality(p_ids)]);
            FOREACH last IN ARRAY taken LOOP
                outcomes[last] := (add_one(c, queues[coalesce(p_queues[last], 1)], jobs[last])).outcome;
            END LOOP;
            last := 0;
            FOR i IN 1 .. cardinality(p_sizes) LOOP
                answers[i] := array_to_json(outcomes[last + 1 : last + p_sizes[i]]);
                last := last + p_sizes[i];
            END LOOP;
        END IF;
    ELSE
        jobs := new_jobs(
            p_queue_names, p_queues, p_ids, p_names, p_stamps, p_payloads, p_envelopes, p_priorities, p_flags, p_delays, p_run_ats, p_ttls, p_dedups,
            p_dedup_ttls, p_dedup_options, p_keys, p_other_counts, p_other_queues, p_other_ids, p_failure_policies);
        FOR i IN 1 .. cardinality(p_sizes) LOOP
            flow := CASE WHEN p_flow_ids[i] IS NOT NULL THEN ROW(p_flow_ids[i], p_flow_stamps[i], p_flow_extends[i])::new_flow END;
            answers[i] := add_group(c, flow, jobs[last + 1 : last + p_sizes[i]]);
            last := last + p_sizes[i];
        END LOOP;
    END IF;
    -- A job that gave way to one of these may have had dependents; and there may be effects that nobody came for.
    IF has_effects() THEN
        PERFORM spread(c);
    END IF;

    IF cardinality(answers) > 0 THEN
        reply := convert_to(array_to_json(answers)::text, 'UTF8');
    END IF;
    PERFORM tell_drained(c);
    PERFORM keep_reply(c, reply);
    RETURN reply;
END $$;
