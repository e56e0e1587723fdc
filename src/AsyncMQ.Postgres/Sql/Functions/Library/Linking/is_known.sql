-- Whether there is something to depend on: a record, or a tombstone that speaks for one.
CREATE OR REPLACE FUNCTION is_known(p_queue text, p_id text, p_at timestamptz) RETURNS bool LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT EXISTS (
            SELECT 1 FROM queue AS q WHERE q.name = p_queue AND (
                EXISTS (SELECT 1 FROM job WHERE job.queue = q.id AND job.id = p_id) OR EXISTS (SELECT 1 FROM tomb WHERE tomb.queue = q.id AND tomb.id = p_id AND until > p_at))));
END $$;
