-- Writes what came of an occurrence into the history of its schedule: 0 added, 1 overlapped, 2 missed, 3 deduplicated, 4 triggered. The latest 50 are kept.
CREATE OR REPLACE FUNCTION note_occurrence(c step_context, p_schedule bigint, p_due timestamptz, p_outcome int, p_job text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    most constant int := 50;
    old bigint;
BEGIN
    INSERT INTO occurrence (schedule, number, due, at, outcome, job) VALUES (p_schedule, nextval('number'), p_due, c.at, p_outcome, p_job);
    SELECT number INTO old FROM occurrence WHERE schedule = p_schedule ORDER BY number DESC LIMIT 1 OFFSET most;
    IF FOUND THEN
        DELETE FROM occurrence WHERE schedule = p_schedule AND number <= old;
    END IF;
END $$;
