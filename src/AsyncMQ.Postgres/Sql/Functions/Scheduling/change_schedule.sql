-- One command on a schedule: 0 pause, 1 resume (if it is of the revision expected, with its next time), 2 remove, 3 trigger (a job, in columns as in
-- new_jobs). Answer: one row: a byte of outcome, as in tick_schedule, behind it the id of the job that stands for a trigger, and the schedule as it is now.
CREATE OR REPLACE FUNCTION change_schedule(
    p_session uuid, p_lane int, p_step bigint, p_queue text, p_id text, p_command int, p_expected bigint, p_next timestamptz,
    p_queue_names text[], p_queues int[], p_ids text[], p_names text[], p_stamps bigint[], p_payloads bytea[], p_envelopes bytea[], p_priorities int[],
    p_flags smallint[], p_delays interval[], p_run_ats timestamptz[], p_ttls interval[], p_dedups text[], p_dedup_ttls interval[], p_dedup_options smallint[],
    p_keys text[], p_other_counts int[], p_other_queues text[], p_other_ids text[], p_failure_policies smallint[])
RETURNS TABLE (reply bytea, queue text, id text, revision bigint, next timestamptz, paused bool, runs bigint, created timestamptz, fired timestamptz, last_job text,
    definition bytea) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    answer bytea := c.reply;
    s schedule;
    jobs new_job[];
    triggered record;
BEGIN
    IF NOT c.again THEN
        s := schedule_of(p_queue, p_id);
        answer := '\x00';
        IF s.key IS NULL THEN
            answer := '\x01';
        ELSIF p_command = 0 AND NOT s.paused THEN
            PERFORM revise_schedule(s, s.next, true);
        ELSIF p_command = 1 AND s.paused THEN
            IF s.revision = p_expected THEN
                PERFORM revise_schedule(s, p_next, false);
            ELSE
                answer := '\x02';
            END IF;
        ELSIF p_command = 2 THEN
            PERFORM delete_schedules(ARRAY[s.key]);
        ELSIF p_command = 3 AND EXISTS (SELECT 1 FROM queue WHERE queue.id = s.queue AND closed) THEN
            answer := '\x03';
        ELSIF p_command = 3 THEN
            jobs := new_jobs(
                p_queue_names, p_queues, p_ids, p_names, p_stamps, p_payloads, p_envelopes, p_priorities, p_flags, p_delays, p_run_ats, p_ttls, p_dedups,
                p_dedup_ttls, p_dedup_options, p_keys, p_other_counts, p_other_queues, p_other_ids, p_failure_policies);
            SELECT * INTO triggered FROM add_for_schedule(c, s, jobs[1], c.at, 4);
            s := triggered.s;
            IF triggered.outcome IS NULL THEN
                answer := '\x03';
            ELSE
                UPDATE schedule SET last_job = s.last_job WHERE key = s.key;
                answer := answer || convert_to(s.last_job, 'UTF8');
            END IF;
            PERFORM spread(c);
            PERFORM tell_drained(c);
        END IF;
        IF get_byte(answer, 0) = 0 THEN
            PERFORM keep_reply(c, answer);
        END IF;
    END IF;
    RETURN QUERY SELECT answer, r.* FROM (SELECT 1) AS one LEFT JOIN LATERAL schedule_records(schedule_of(p_queue, p_id)) AS r ON true;
END $$;
