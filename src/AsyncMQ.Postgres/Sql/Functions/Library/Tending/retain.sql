-- Removes jobs of a queue in some final states that a policy does not keep: those that ended longer ago than its age, and the oldest of more than its count;
-- p_most at most. Those spared stay where they are and count like any other, so a walk goes as far as the policy reaches, not farther; where one stops is kept
-- in walk, and the next goes on behind it; a new one begins where those before it have left none. Gives how many were removed, and whether all of it was seen.
CREATE OR REPLACE FUNCTION retain(c step_context, q queue, p_states smallint[], p_age interval, p_count int, p_most int, OUT removed int, OUT is_done bool)
LANGUAGE plpgsql AS $$
DECLARE
    -- So many spared ones a step looks past; so long a job that somebody waits for is kept after its end, whatever the policy says.
    most_spared constant int := 1000;
    watched_is_kept constant interval := '60 seconds';
    s queue_state := state_of(q.id);
    -- The server's clock may be set back: jobs that end then stand before those that are gone.
    floor_is_trusted constant interval := '1 hour';
    stop walk;
    was walk;
    ended_jobs bigint;
    too_old timestamptz := coalesce(c.at - p_age, '-infinity');
    before timestamptz;
    found_jobs int := 0;
    job live;
    is_old bool;
    plain bigint[] := '{}';
BEGIN
    removed := 0;
    is_done := true;
    IF (p_age IS NULL AND p_count IS NULL) OR p_most = 0 THEN
        RETURN;
    END IF;
    SELECT sum(s.counts[state + 1]) INTO ended_jobs FROM unnest(p_states) AS st(state);
    SELECT * INTO was FROM walk WHERE queue = q.id AND state = p_states[1];
    stop := was;
    IF was.queue IS NULL OR (was.spared = 0 AND c.at - was.floor_from NOT BETWEEN '0' AND floor_is_trusted) THEN
        stop := ROW(q.id, p_states[1], '-infinity', 0, 0, '-infinity', 0, c.at);
    END IF;
    ended_jobs := ended_jobs - stop.spared;
    before := CASE WHEN ended_jobs > p_count THEN 'infinity' ELSE too_old END;

    FOR job IN
        SELECT e.* FROM unnest(p_states) AS st(state) CROSS JOIN LATERAL (
            SELECT * FROM ended
            WHERE ended.queue = q.id AND ended.state = st.state AND (since, sequence) > (stop.since, stop.sequence) AND since < before
            ORDER BY since, sequence LIMIT p_most + most_spared) AS e
        ORDER BY e.since, e.sequence LIMIT p_most + most_spared
    LOOP
        is_old := job.since < too_old;
        EXIT WHEN NOT is_old AND (p_count IS NULL OR ended_jobs <= p_count);
        found_jobs := found_jobs + 1;
        IF removed = p_most THEN
            is_done := false;
            EXIT;
        END IF;
        ended_jobs := ended_jobs - 1;
        stop.since := job.since;
        stop.sequence := job.sequence;
        -- 80: somebody waits for it, or is about to come for its result.
        IF (job.flags & 80 <> 0 AND c.at - job.since < watched_is_kept) OR (job.flags & 8 <> 0 AND is_depended_on(job.handle)) THEN
            stop.spared := stop.spared + 1;
        ELSIF job.flags & 187 = 0 AND NOT c.heard THEN -- all flags but time-to-live and wanted result
            plain := plain || job.handle;
            removed := removed + 1;
        ELSE
            IF NOT is_old THEN
                PERFORM bury(job, p_age);
            END IF;
            PERFORM finish_job(c, job, NULL::smallint);
            removed := removed + 1;
        END IF;
        -- Not to the end of this moment, in which more may end.
        IF stop.spared = 0 AND stop.since < c.at THEN
            stop.floor_since := stop.since;
            stop.floor_sequence := stop.sequence;
        END IF;
    END LOOP;

    IF found_jobs = p_most + most_spared THEN
        is_done := false;
    END IF;
    IF is_done THEN
        stop.since := stop.floor_since;
        stop.sequence := stop.floor_sequence;
        stop.spared := 0;
    END IF;
    IF stop IS DISTINCT FROM was THEN
        DELETE FROM walk WHERE queue = q.id AND state = p_states[1];
        INSERT INTO walk VALUES (stop.*);
    END IF;
    IF cardinality(plain) > 0 THEN
        PERFORM remove_plain(q.id, plain);
    END IF;
END $$;
