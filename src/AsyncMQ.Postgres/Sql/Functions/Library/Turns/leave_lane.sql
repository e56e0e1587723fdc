-- A job with a key waits no more: counts it out, and gives up its key's place there when it was the last. Its row is written already.
CREATE OR REPLACE FUNCTION leave_lane(INOUT k job_key, job live) LANGUAGE plpgsql AS $$
DECLARE
    standing key_turn;
BEGIN
    k.waiting := k.waiting - 1;
    IF job.bench <> '' THEN
        k.parked := k.parked - 1;
    END IF;
    IF k.head = job.handle THEN
        k.head_bench := NULL;
        k.head_priority := NULL;
    END IF;
    IF NOT k.stands THEN
        RETURN;
    END IF;

    SELECT * INTO standing FROM key_turn WHERE queue = k.queue AND key = k.key AND priority = job.priority AND bench = job.bench ORDER BY turn DESC LIMIT 1;
    IF FOUND AND NOT EXISTS (
        SELECT 1 FROM live
        WHERE live.queue = k.queue AND live.key = k.key AND live.state = 0 AND live.bench = job.bench AND live.priority = job.priority AND live.sequence >= standing.first
        ORDER BY live.sequence LIMIT 1)
    THEN
        DELETE FROM key_turn WHERE queue = k.queue AND bench = job.bench AND priority = job.priority AND turn = standing.turn;
    END IF;
END $$;
