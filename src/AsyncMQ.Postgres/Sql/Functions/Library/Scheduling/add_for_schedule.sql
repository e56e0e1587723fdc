-- Adds a job for a schedule, as any other add would, and notes what came of it: in the history, and as its last job. Gives that, or NULL: the job's queue is
-- closed, nothing was done.
CREATE OR REPLACE FUNCTION add_for_schedule(c step_context, INOUT s schedule, p_job new_job, p_due timestamptz, p_when_added int, OUT outcome int) LANGUAGE plpgsql AS $$
DECLARE
    q queue := queue_or_new(p_job.queue);
    added json;
BEGIN
    IF q.closed THEN
        RETURN;
    END IF;
    added := (add_one(c, q, p_job)).outcome;
    outcome := CASE WHEN json_typeof(added) = 'string' THEN 3 ELSE p_when_added END;
    s.last_job := CASE WHEN outcome = 3 THEN added #>> '{}' ELSE p_job.id END;
    PERFORM note_occurrence(c, s.key, p_due, outcome, s.last_job);
END $$;
