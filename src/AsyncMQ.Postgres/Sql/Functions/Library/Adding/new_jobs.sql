-- The jobs of an add, one value each, from the columns in which they come. A column is NULL when no job has anything in it.
CREATE OR REPLACE FUNCTION new_jobs(
    p_queue_names text[], p_queues int[], p_ids text[], p_names text[], p_stamps bigint[], p_payloads bytea[], p_envelopes bytea[], p_priorities int[],
    p_flags smallint[], p_delays interval[], p_run_ats timestamptz[], p_ttls interval[], p_dedups text[], p_dedup_ttls interval[], p_dedup_options smallint[],
    p_keys text[], p_other_counts int[], p_other_queues text[], p_other_ids text[], p_failure_policies smallint[])
RETURNS new_job[] LANGUAGE plpgsql AS $$
DECLARE
    jobs new_job[];
    owners int[];
    others record;
BEGIN
    SELECT array_agg(ROW(
        p_queue_names[coalesce(queue, 1)], id, name, stamp, payload, coalesce(envelope, ''), coalesce(priority, 5), coalesce(flags, 0), delay, run_at, ttl,
        dedup, dedup_ttl, coalesce(dedup_options, 0), key, NULL, NULL, coalesce(failure_policy, 0))::new_job ORDER BY place)
    INTO jobs
    FROM unnest(p_queues, p_ids, p_names, p_stamps, p_payloads, p_envelopes, p_priorities, p_flags, p_delays, p_run_ats, p_ttls, p_dedups, p_dedup_ttls,
        p_dedup_options, p_keys, p_failure_policies) WITH ORDINALITY
        AS j(queue, id, name, stamp, payload, envelope, priority, flags, delay, run_at, ttl, dedup, dedup_ttl, dedup_options, key, failure_policy, place);

    IF p_other_counts IS NOT NULL THEN
        -- What all of them depend on stands in one list, behind each other.
        owners := ARRAY(SELECT place FROM unnest(p_other_counts) WITH ORDINALITY AS o(count, place) CROSS JOIN LATERAL generate_series(1, count));
        FOR others IN
            SELECT owner, array_agg(queue) AS queues, array_agg(id) AS ids FROM unnest(owners, p_other_queues, p_other_ids) AS o(owner, queue, id) GROUP BY owner
        LOOP
            jobs[others.owner].other_queues := others.queues;
            jobs[others.owner].other_ids := others.ids;
        END LOOP;
    END IF;
    RETURN coalesce(jobs, '{}');
END $$;
