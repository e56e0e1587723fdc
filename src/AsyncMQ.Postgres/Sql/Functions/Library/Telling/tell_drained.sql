-- At the end of a step: tells of the queues in which nothing waits or runs any more.
CREATE OR REPLACE FUNCTION tell_drained(c step_context) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    noted text;
    drained int;
    s queue_state;
BEGIN
    IF NOT c.heard THEN
        RETURN;
    END IF;
    noted := current_setting('asyncmq.drained', true);
    IF noted IS NULL OR noted = '' THEN
        RETURN;
    END IF;
    PERFORM set_config('asyncmq.drained', '', true);
    FOR drained IN SELECT DISTINCT id::int FROM unnest(string_to_array(noted, ',')) AS n(id) LOOP
        s := state_of(drained);
        IF s.counts[1] + s.counts[2] = 0 THEN
            PERFORM tell_queue(c, 131072, name) FROM queue WHERE id = drained;
        END IF;
    END LOOP;
END $$;
