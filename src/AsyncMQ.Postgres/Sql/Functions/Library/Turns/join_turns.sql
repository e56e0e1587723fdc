-- A key takes its place for a bench and a priority, behind all others; where its jobs of that priority stand already, on another bench, it has its place.
-- p_first: a sequence before which none of its jobs waits there.
CREATE OR REPLACE FUNCTION join_turns(q queue, k job_key, p_bench text, p_priority int, p_first bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    standing key_turn;
    its_turn bigint;
BEGIN
    SELECT * INTO standing FROM key_turn WHERE queue = k.queue AND key = k.key AND priority = p_priority AND bench = p_bench ORDER BY turn DESC LIMIT 1;
    IF FOUND THEN
        IF standing.first > p_first OR standing.job IS DISTINCT FROM k.head THEN
            UPDATE key_turn SET first = least(first, p_first), job = k.head
            WHERE queue = k.queue AND bench = p_bench AND priority = p_priority AND turn = standing.turn;
        END IF;
        RETURN;
    END IF;

    PERFORM tell('W' || q.name);
    IF k.parked > 0 THEN
        SELECT turn INTO its_turn FROM key_turn WHERE queue = k.queue AND key = k.key AND priority = p_priority ORDER BY turn DESC LIMIT 1;
    END IF;
    INSERT INTO key_turn (queue, bench, priority, turn, key, first, job)
    VALUES (k.queue, p_bench, p_priority, coalesce(its_turn, nextval('number')), k.key, p_first, k.head);
END $$;
