-- Adds jobs that have nothing to do with each other nor with others, without keys and deduplication, to open queues: all at once. Gives the places (from 1)
-- of those that are to be added one by one: their ids are taken, as far as can be seen here.
CREATE OR REPLACE FUNCTION add_plain(
    c step_context, p_queue_ids int[], p_queues int[], p_ids text[], p_names text[], p_stamps bigint[], p_payloads bytea[], p_envelopes bytea[],
    p_priorities int[], p_flags smallint[], p_delays interval[], p_run_ats timestamptz[], p_ttls interval[])
RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
    stored bigint[];
    taken int[];
    dead int[];
    s queue_state;
    added record;
BEGIN
    IF EXISTS (SELECT 1 FROM unnest(p_queue_ids) AS id WHERE (state_of(id)).tombs > 0) THEN
        SELECT array_agg(place) INTO dead FROM unnest(p_queues, p_ids) WITH ORDINALITY AS j(queue, id, place)
        CROSS JOIN LATERAL (SELECT 1 FROM tomb WHERE tomb.queue = p_queue_ids[coalesce(j.queue, 1)] AND tomb.id = j.id LIMIT 1) AS found;
    END IF;

    WITH made AS (
        INSERT INTO job (handle, queue, id, name, stamp, added, ttl, payload, envelope)
        SELECT nextval('number'), p_queue_ids[coalesce(queue, 1)], id, name, stamp, c.at, ttl, payload, coalesce(envelope, '')
        FROM unnest(p_queues, p_ids, p_names, p_stamps, p_payloads, p_envelopes, p_ttls) WITH ORDINALITY
            AS j(queue, id, name, stamp, payload, envelope, ttl, place)
        WHERE dead IS NULL OR place <> ALL (dead)
        ON CONFLICT (queue, id) DO NOTHING
        RETURNING handle)
    SELECT coalesce(array_agg(handle), '{}') INTO stored FROM made;

    IF cardinality(stored) <> cardinality(p_ids) THEN
        -- Some are taken: which ones is seen by who stands there instead. Handles in the order of the jobs, NULL where one is taken.
        SELECT array_agg(CASE WHEN found.handle = ANY (stored) AND NOT found.seen THEN found.handle END ORDER BY place),
            array_agg(place::int ORDER BY place) FILTER (WHERE found.handle IS NULL OR found.seen OR found.handle <> ALL (stored))
        INTO stored, taken
        FROM (
            SELECT place, o.handle, row_number() OVER (PARTITION BY o.handle ORDER BY place) > 1 AS seen
            FROM unnest(p_queues, p_ids) WITH ORDINALITY AS j(queue, id, place)
            LEFT JOIN LATERAL (SELECT handle FROM job WHERE job.queue = p_queue_ids[coalesce(j.queue, 1)] AND job.id = j.id LIMIT 1) AS o ON true
        ) AS found;
    END IF;

    FOR added IN
        WITH placed AS (
            INSERT INTO live (handle, queue, state, flags, priority, sequence, since, due, expires)
            SELECT handle, p_queue_ids[coalesce(queue, 1)], CASE WHEN due > c.at THEN 2 ELSE 0 END, coalesce(flags, 0), coalesce(priority, 5), handle, c.at,
                CASE WHEN due > c.at THEN due END, add_time(c.at, ttl)
            FROM (
                SELECT handle, queue, priority, flags, ttl, coalesce(run_at, add_time(c.at, delay)) AS due
                FROM unnest(stored, p_queues, p_priorities, p_flags, p_delays, p_run_ats, p_ttls) AS j(handle, queue, priority, flags, delay, run_at, ttl)
                WHERE handle IS NOT NULL) AS j
            RETURNING queue, state, priority, sequence, due)
        SELECT queue, state, priority, count(*) AS count, min(sequence) AS first, min(due) AS due FROM placed GROUP BY queue, state, priority ORDER BY queue
    LOOP
        IF s.queue IS DISTINCT FROM added.queue THEN
            IF s.queue IS NOT NULL THEN
                PERFORM save_state(s);
            END IF;
            s := state_of(added.queue);
            PERFORM tell('W' || name) FROM queue WHERE id = added.queue;
        END IF;
        s := count_group(s, added.state, added.priority, added.count, added.first, added.due);
    END LOOP;
    IF s.queue IS NOT NULL THEN
        PERFORM save_state(s);
    END IF;

    PERFORM tell_jobs(c, 1, stored);
    RETURN taken;
END $$;
