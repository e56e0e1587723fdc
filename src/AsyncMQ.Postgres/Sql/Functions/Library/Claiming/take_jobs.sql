-- Gives waiting jobs of a queue to the session, in order, and counts them; who has a key, and those who have none, stand behind the others then.
CREATE OR REPLACE FUNCTION take_jobs(c step_context, q queue, INOUT s queue_state, p_jobs candidate[]) LANGUAGE plpgsql AS $$
DECLARE
    handles bigint[] := ARRAY(SELECT j.handle FROM unnest(p_jobs) WITH ORDINALITY AS j ORDER BY ordinality);
    turns bigint[];
    job candidate;
BEGIN
    -- The order of claims is that in which they are given back when the session ends, where keys take turns.
    IF s.keyed > 0 THEN
        turns := ARRAY(SELECT nextval('number') FROM unnest(handles));
    END IF;
    UPDATE live SET state = 1, attempt = least(attempt, 2147483646) + 1, since = c.at, started = c.at, worker = c.worker, session = c.session, lane = c.lane,
        step = c.number, bench = '', turn = turns[array_position(handles, handle)]
    WHERE handle = ANY (handles);

    FOREACH job IN ARRAY p_jobs LOOP
        s.counts[1] := s.counts[1] - 1;
        s.counts[2] := s.counts[2] + 1;
        IF job.priority <> 5 THEN
            s.prioritized := s.prioritized - 1;
        END IF;
        IF job.key IS NOT NULL THEN
            s.keyed := s.keyed - 1;
            IF job.bench <> '' THEN
                s.keyed_parked := s.keyed_parked - 1;
            END IF;
            PERFORM claim_of_key(c, q, job);
        ELSE
            IF job.bench <> '' THEN
                s.parked := s.parked - 1;
            ELSE
                s := take_level(s, job.priority, 1, job.sequence + 1);
            END IF;
            IF s.keyed > 0 THEN
                PERFORM stand_plain(q.id, job.priority);
            END IF;
        END IF;
    END LOOP;
END $$;
