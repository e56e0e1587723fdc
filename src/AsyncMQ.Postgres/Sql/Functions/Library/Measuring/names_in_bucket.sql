-- Under which names figures are counted in a bucket: each entry's own; the empty one for names that would be too many there. p_queues: NULL for entries that
-- are left out.
CREATE OR REPLACE FUNCTION names_in_bucket(p_resolution smallint, p_start timestamptz, p_queues int[], p_names text[]) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT array_agg(CASE WHEN is_known OR nth <= 1000 - taken THEN name ELSE '' END ORDER BY place)
        FROM (
            -- Names that are new here take their places in the order in which they come.
            SELECT *, dense_rank() OVER (PARTITION BY queue, is_known ORDER BY first) AS nth, max(counted) OVER (PARTITION BY queue) AS taken
            FROM (
                SELECT queue, name, place, min(place) OVER (PARTITION BY queue, name) AS first,
                    EXISTS (SELECT 1 FROM figure AS f
                        WHERE f.queue = n.queue AND f.resolution = p_resolution AND f.start = p_start AND f.name = n.name) AS is_known,
                    CASE WHEN place = min(place) OVER (PARTITION BY queue) THEN
                        (SELECT count(*) FROM figure AS f WHERE f.queue = n.queue AND f.resolution = p_resolution AND f.start = p_start) END AS counted
                FROM unnest(p_queues, p_names) WITH ORDINALITY AS n(queue, name, place)) AS looked_up) AS numbered);
END $$;
