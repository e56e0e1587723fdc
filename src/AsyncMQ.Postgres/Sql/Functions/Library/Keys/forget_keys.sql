-- Forgets keys of which there is nothing to remember any more, so many at most. Gives how many it looked at.
CREATE OR REPLACE FUNCTION forget_keys(c step_context, p_most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    k job_key;
    looked_at int := 0;
BEGIN
    FOR k IN SELECT * FROM job_key WHERE NOT to_open AND look_at IS NOT NULL AND look_at <= c.at ORDER BY look_at LIMIT p_most LOOP
        PERFORM review_key(c, q, k, k) FROM queue AS q WHERE q.id = k.queue;
        looked_at := looked_at + 1;
    END LOOP;
    RETURN looked_at;
END $$;
