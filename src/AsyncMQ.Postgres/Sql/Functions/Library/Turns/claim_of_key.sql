-- A waiting job was claimed in the turn of its key, which stands behind all others of the priority then, if it is open still. The job's row is written already.
CREATE OR REPLACE FUNCTION claim_of_key(c step_context, q queue, p_job candidate) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    k job_key := key_named(q.id, p_job.key);
    before job_key := k;
    limits key_limits := limits_of(q, k);
    job live;
    behind bigint;
BEGIN
    job.handle := p_job.handle;
    job.state := 1;
    job.bench := p_job.bench;
    job.priority := p_job.priority;
    -- On all benches at once: there it has one turn. The job was the first where it waited, unless it was claimed as the head; then nothing stands after this.
    behind := nextval('number');
    UPDATE key_turn SET turn = behind, first = CASE WHEN bench = p_job.bench AND key_turn.job IS NULL THEN greatest(first, p_job.sequence) ELSE first END
    WHERE queue = q.id AND key = p_job.key AND priority = p_job.priority AND turn = p_job.turn;

    k := leave_lane(k, job);
    k.active := k.active + 1;
    IF limits.in_order THEN
        k.head := p_job.handle;
    END IF;
    IF limits.permits IS NOT NULL THEN
        SELECT t.ends, t.spent INTO k.window_ends, k.window_spent FROM take_permits(k.window_ends, k.window_spent, limits.permit_window, 1, c.at) AS t;
    END IF;
    PERFORM review_key(c, q, before, k, job);
END $$;
