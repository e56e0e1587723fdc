-- The buckets of a queue that have figures, from the one of a time on (NULL: from the first that is kept) to before another (NULL: to the last).
CREATE OR REPLACE FUNCTION read_figures(p_queue text, p_resolution smallint, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (start timestamptz, name text, fields int[], numbers bigint[]) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT f.start, f.name, f.fields, f.numbers
        FROM queue AS q
        CROSS JOIN (SELECT greatest(first_kept(p_resolution, store_time()), bucket_of(p_resolution, p_from)) AS first) AS t
        CROSS JOIN LATERAL (
            SELECT * FROM figure
            WHERE figure.queue = q.id AND figure.resolution = p_resolution AND figure.start >= t.first AND figure.start < coalesce(p_to, 'infinity')) AS f
        WHERE q.name = p_queue;
END $$;
