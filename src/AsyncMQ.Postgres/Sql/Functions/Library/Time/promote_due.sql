-- Makes due jobs of a queue waiting, by due time, then add order, so many at most. Gives how many.
CREATE OR REPLACE FUNCTION promote_due(c step_context, p_queue int, p_most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    s queue_state := state_of(p_queue);
    due_handles bigint[];
    keyed bigint[];
    first bigint;
    job live;
    promoted record;
BEGIN
    IF s.counts[3] = 0 OR s.next_due > c.at THEN
        RETURN 0;
    END IF;

    SELECT array_agg(handle), array_agg(handle) FILTER (WHERE key IS NOT NULL) INTO due_handles, keyed
    FROM (SELECT handle, key FROM live WHERE queue = p_queue AND state = 2 AND due <= c.at ORDER BY due, handle LIMIT p_most) AS found;
    IF keyed IS NULL THEN
        -- Their sequences are numbers in the order of the list.
        SELECT min(number) INTO first FROM (SELECT nextval('number') AS number FROM generate_series(1, cardinality(due_handles))) AS numbers;
        FOR promoted IN
            WITH moved AS (
                UPDATE live SET state = 0, sequence = first + array_position(due_handles, handle) - 1, since = due, due = NULL
                WHERE handle = ANY (due_handles) RETURNING priority, sequence)
            SELECT priority, count(*) AS count, min(sequence) AS first FROM moved GROUP BY priority ORDER BY priority
        LOOP
            s.counts[3] := s.counts[3] - promoted.count;
            s := count_group(s, 0::smallint, promoted.priority, promoted.count, promoted.first, NULL);
        END LOOP;
        IF due_handles IS NOT NULL THEN
            PERFORM tell('W' || name) FROM queue WHERE id = p_queue;
        END IF;
    ELSE
        FOR job IN SELECT l.* FROM unnest(due_handles) WITH ORDINALITY AS d(handle, place) JOIN live AS l ON l.handle = d.handle ORDER BY place LOOP
            PERFORM move_behind(c, job);
        END LOOP;
        s := state_of(p_queue);
    END IF;
    PERFORM tell_jobs(c, 2, due_handles);

    -- What was noted may have been too early; now it is exact.
    s.next_due := coalesce((SELECT due FROM live WHERE queue = p_queue AND state = 2 ORDER BY due, handle LIMIT 1), 'infinity');
    PERFORM save_state(s);
    RETURN coalesce(cardinality(due_handles), 0);
END $$;
