-- Lets jobs go that nothing holds back any longer: those of them in waiting-children become waiting or delayed, in this order. Their delay and their
-- time-to-live count from now.
CREATE OR REPLACE FUNCTION release_jobs(c step_context, p_handles bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held bigint[];
    keyed bigint[];
    dues timestamptz[];
    ends timestamptz[];
    first bigint;
    job live;
    s queue_state;
    released record;
BEGIN
    SELECT array_agg(l.handle ORDER BY p.place), array_agg(l.handle ORDER BY p.place) FILTER (WHERE l.key IS NOT NULL),
        array_agg(CASE WHEN k.due > c.at THEN k.due END ORDER BY p.place), array_agg(add_time(c.at, j.ttl) ORDER BY p.place)
    INTO held, keyed, dues, ends
    FROM unnest(p_handles) WITH ORDINALITY AS p(handle, place)
    CROSS JOIN LATERAL (SELECT handle, state, key FROM live WHERE live.handle = p.handle LIMIT 1) AS l
    CROSS JOIN LATERAL (SELECT added.ttl FROM job AS added WHERE added.handle = p.handle LIMIT 1) AS j
    LEFT JOIN LATERAL (SELECT coalesce(run_at, add_time(c.at, delay)) AS due FROM link WHERE link.handle = p.handle LIMIT 1) AS k ON true
    WHERE l.state = 3;
    IF held IS NULL THEN
        RETURN;
    END IF;

    -- Their sequences are numbers in the order of the list.
    SELECT min(number) INTO first FROM (SELECT nextval('number') AS number FROM generate_series(1, cardinality(held))) AS numbers;
    FOR released IN
        WITH moved AS (
            UPDATE live SET (state, sequence, since, due, expires) = (
                SELECT CASE WHEN dues[p.place] IS NULL THEN 0 ELSE 2 END, first + p.place - 1, c.at, dues[p.place], ends[p.place]
                FROM (SELECT array_position(held, live.handle) AS place) AS p)
            WHERE handle = ANY (held) AND key IS NULL
            RETURNING queue, state, priority, sequence, due)
        SELECT queue, state, priority, count(*) AS count, min(sequence) AS first, min(due) AS due
        FROM moved GROUP BY queue, state, priority ORDER BY queue
    LOOP
        IF s.queue IS DISTINCT FROM released.queue THEN
            IF s.queue IS NOT NULL THEN
                PERFORM save_state(s);
            END IF;
            s := state_of(released.queue);
            PERFORM tell('W' || name) FROM queue WHERE id = released.queue;
        END IF;
        s.counts[4] := s.counts[4] - released.count;
        s := count_group(s, released.state, released.priority, released.count, released.first, released.due);
    END LOOP;
    IF s.queue IS NOT NULL THEN
        PERFORM save_state(s);
    END IF;

    FOR job IN SELECT l.* FROM unnest(keyed) WITH ORDINALITY AS p(handle, place) CROSS JOIN LATERAL (SELECT * FROM live WHERE live.handle = p.handle LIMIT 1) AS l
        ORDER BY p.place
    LOOP
        job.sequence := first + array_position(held, job.handle) - 1;
        job.due := dues[array_position(held, job.handle)];
        job.expires := ends[array_position(held, job.handle)];
        PERFORM move_job(c, job, CASE WHEN job.due IS NULL THEN 0 ELSE 2 END::smallint);
    END LOOP;
    IF c.heard THEN
        PERFORM tell_job(c, 2, live) FROM unnest(held) WITH ORDINALITY AS p(handle, place) JOIN live ON live.handle = p.handle ORDER BY p.place;
    END IF;
END $$;
