-- Adds figures to the buckets of now. p_queues and p_names: one of each for every entry; p_entries, p_fields and p_numbers: the numbers, each with the place
-- (from 1) of its entry, and its field as in the table. Answer: how many entries were added, as text: those of unknown and of closed queues are left out.
CREATE OR REPLACE FUNCTION record_figures(
    p_session uuid, p_lane int, p_step bigint, p_queues text[], p_names text[], p_entries int[], p_fields int[], p_numbers bigint[])
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    queues int[];
    names text[] COLLATE "C";
    added int;
    length smallint;
    bucket timestamptz;
    reply bytea;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;

    SELECT array_agg(found.id ORDER BY place), count(found.id) INTO queues, added
    FROM unnest(p_queues) WITH ORDINALITY AS n(name, place)
    LEFT JOIN LATERAL (SELECT queue.id FROM queue WHERE queue.name = n.name AND NOT closed LIMIT 1) AS found ON true;
    reply := convert_to(added::text, 'UTF8');
    IF added = 0 THEN
        RETURN reply;
    END IF;

    FOREACH length IN ARRAY ARRAY[0, 1]::smallint[] LOOP
        bucket := bucket_of(length, c.at);
        names := names_in_bucket(length, bucket, queues, p_names);
        WITH given AS (
            SELECT queues[entry] AS queue, names[entry] AS name, field, number FROM unnest(p_entries, p_fields, p_numbers) AS n(entry, field, number)
            WHERE queues[entry] IS NOT NULL
        ), kept AS (
            SELECT b.queue, b.name, k.field, k.number
            FROM (SELECT DISTINCT given.queue, given.name FROM given) AS b
            CROSS JOIN LATERAL (
                SELECT fields, numbers FROM figure AS f WHERE f.queue = b.queue AND f.resolution = length AND f.start = bucket AND f.name = b.name LIMIT 1) AS f
            CROSS JOIN LATERAL unnest(f.fields, f.numbers) AS k(field, number)
        ), summed AS (
            SELECT a.queue, a.name, a.field, least(sum(a.number), 9223372036854775807)::bigint AS number
            FROM (SELECT * FROM given UNION ALL SELECT * FROM kept) AS a GROUP BY a.queue, a.name, a.field
        )
        INSERT INTO figure (queue, resolution, start, name, fields, numbers)
        SELECT summed.queue, length, bucket, summed.name, array_agg(field ORDER BY field), array_agg(number ORDER BY field) FROM summed
        GROUP BY summed.queue, summed.name
        ON CONFLICT (queue, resolution, start, name) DO UPDATE SET fields = excluded.fields, numbers = excluded.numbers;
    END LOOP;
    PERFORM keep_reply(c, reply);
    RETURN reply;
END $$;
