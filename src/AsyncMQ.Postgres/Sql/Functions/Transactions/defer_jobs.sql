-- Adds a group, given as in add_jobs, inside the caller's own transaction: a row, which the next step takes in once that has committed. No lock of the installation is taken.
CREATE OR REPLACE FUNCTION defer_jobs(
    p_installation uuid, p_plain bool, p_flow_id text, p_flow_stamp bigint, p_flow_extends bool,
    p_queue_names text[], p_queues int[], p_ids text[], p_names text[], p_stamps bigint[], p_payloads bytea[], p_envelopes bytea[], p_priorities int[],
    p_flags smallint[], p_delays interval[], p_run_ats timestamptz[], p_ttls interval[], p_dedups text[], p_dedup_ttls interval[], p_dedup_options smallint[],
    p_keys text[], p_other_counts int[], p_other_queues text[], p_other_ids text[], p_failure_policies smallint[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_installation(p_installation);
    INSERT INTO inbox (size, plain, jobs, flow) VALUES (
        cardinality(p_ids),
        p_plain,
        new_jobs(
            p_queue_names, p_queues, p_ids, p_names, p_stamps, p_payloads, p_envelopes, p_priorities, p_flags, p_delays, p_run_ats, p_ttls, p_dedups,
            p_dedup_ttls, p_dedup_options, p_keys, p_other_counts, p_other_queues, p_other_ids, p_failure_policies),
        CASE WHEN p_flow_id IS NOT NULL THEN ROW(p_flow_id, p_flow_stamp, p_flow_extends)::new_flow END);
    -- Heard when, and if, the transaction commits.
    PERFORM tell('W' || name) FROM unnest(p_queue_names) AS n(name);
END $$;
