-- Where a key stands after a change. While it is closed, nowhere; while it has a head, where that waits; else wherever jobs of it wait.
-- p_came: the job that has just come to wait.
CREATE OR REPLACE FUNCTION place_key(q queue, p_before job_key, k job_key, p_came live) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    lane record;
BEGIN
    IF NOT k.stands THEN
        IF p_before.stands THEN
            DELETE FROM key_turn WHERE queue = k.queue AND key = k.key;
        END IF;
        RETURN;
    END IF;
    IF k.waiting = 0 THEN
        RETURN;
    END IF;

    IF k.head IS NOT NULL THEN
        DELETE FROM key_turn WHERE queue = k.queue AND key = k.key AND (bench <> k.head_bench OR priority <> k.head_priority);
        PERFORM join_turns(q, k, k.head_bench, k.head_priority, -1);
    ELSIF p_before.head IS NULL AND p_before.stands THEN
        -- The others have their places.
        IF p_came.state = 0 THEN
            PERFORM join_turns(q, k, p_came.bench, p_came.priority, p_came.sequence);
        END IF;
    ELSE
        SELECT bench, priority, sequence INTO lane FROM live
        WHERE queue = k.queue AND key = k.key AND state = 0 ORDER BY bench, priority, sequence LIMIT 1;
        WHILE FOUND LOOP
            PERFORM join_turns(q, k, lane.bench, lane.priority, lane.sequence);
            SELECT bench, priority, sequence INTO lane FROM live
            WHERE queue = k.queue AND key = k.key AND state = 0 AND (bench, priority) > (lane.bench, lane.priority) ORDER BY bench, priority, sequence LIMIT 1;
        END LOOP;
    END IF;
END $$;
