-- Fires schedules: for each a queue, an id, the revision expected, the next time, after how many runs it ends, whether it skips while its last job has not
-- ended, and how many of the occurrences are its own. Those stand behind each other, each with its time, and whether it has a job; so do these, in columns
-- as in new_jobs. Answer: a byte for each, as in tick_schedule.
CREATE OR REPLACE FUNCTION tick_schedules(
    p_session uuid, p_lane int, p_step bigint, p_schedule_queues text[], p_schedule_ids text[], p_expected bigint[], p_nexts timestamptz[], p_max_runs bigint[],
    p_skips bool[], p_counts int[], p_dues timestamptz[], p_has_job bool[],
    p_queue_names text[], p_queues int[], p_ids text[], p_names text[], p_stamps bigint[], p_payloads bytea[], p_envelopes bytea[], p_priorities int[],
    p_flags smallint[], p_delays interval[], p_run_ats timestamptz[], p_ttls interval[], p_dedups text[], p_dedup_ttls interval[], p_dedup_options smallint[],
    p_keys text[], p_other_counts int[], p_other_queues text[], p_other_ids text[], p_failure_policies smallint[])
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    given new_job[];
    jobs new_job[] := '{}';
    taken int := 0;
    last int := 0;
    outcomes bytea := decode(repeat('01', cardinality(p_schedule_ids)), 'hex');
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;

    given := new_jobs(
        p_queue_names, p_queues, p_ids, p_names, p_stamps, p_payloads, p_envelopes, p_priorities, p_flags, p_delays, p_run_ats, p_ttls, p_dedups,
        p_dedup_ttls, p_dedup_options, p_keys, p_other_counts, p_other_queues, p_other_ids, p_failure_policies);
    FOR i IN 1 .. cardinality(p_dues) LOOP
        IF p_has_job[i] THEN
            taken := taken + 1;
            jobs[i] := given[taken];
        ELSE
            jobs[i] := NULL;
        END IF;
    END LOOP;
    FOR i IN 1 .. cardinality(p_schedule_ids) LOOP
        outcomes := set_byte(outcomes, i - 1, tick_schedule(
            c, p_schedule_queues[i], p_schedule_ids[i], p_expected[i], p_nexts[i], p_max_runs[i], p_skips[i],
            p_dues[last + 1 : last + p_counts[i]], jobs[last + 1 : last + p_counts[i]]));
        last := last + p_counts[i];
    END LOOP;
    PERFORM spread(c);
    PERFORM tell_drained(c);
    IF position('\x00'::bytea IN outcomes) > 0 THEN
        PERFORM keep_reply(c, outcomes);
    END IF;
    RETURN outcomes;
END $$;
