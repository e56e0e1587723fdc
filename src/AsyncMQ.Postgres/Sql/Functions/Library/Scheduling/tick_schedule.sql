-- Fires one schedule, if it is of the revision expected: its occurrences, each at its time, with its job or (NULL: missed) without. Gives what came of it:
-- 0 done, 1 there is no such schedule, 2 it is another now, 3 its queue is closed.
CREATE OR REPLACE FUNCTION tick_schedule(
    c step_context, p_queue text, p_id text, p_expected bigint, p_next timestamptz, p_max_runs bigint, p_skips bool, p_dues timestamptz[], p_jobs new_job[])
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    s schedule := schedule_of(p_queue, p_id);
    fired record;
    job new_job;
BEGIN
    IF s.key IS NULL THEN
        RETURN 1;
    END IF;
    IF EXISTS (SELECT 1 FROM queue WHERE id = s.queue AND closed) THEN
        RETURN 3;
    END IF;
    IF s.paused OR s.revision <> p_expected THEN
        RETURN 2;
    END IF;

    FOR i IN 1 .. cardinality(p_dues) LOOP
        EXIT WHEN s.runs >= p_max_runs;
        job := p_jobs[i];
        IF job.id IS NULL THEN
            PERFORM note_occurrence(c, s.key, p_dues[i], 2, NULL);
        ELSIF p_skips AND has_unended_job(s) THEN
            PERFORM note_occurrence(c, s.key, p_dues[i], 1, NULL);
        ELSE
            SELECT * INTO fired FROM add_for_schedule(c, s, job, p_dues[i], 0);
            s := fired.s;
            IF fired.outcome = 0 THEN
                s.runs := s.runs + 1;
                s.fired := c.at;
            END IF;
        END IF;
    END LOOP;
    UPDATE schedule SET revision = nextval('number'), next = CASE WHEN s.runs >= p_max_runs THEN NULL ELSE p_next END, runs = s.runs, fired = s.fired,
        last_job = s.last_job
    WHERE key = s.key;
    RETURN 0;
END $$;
