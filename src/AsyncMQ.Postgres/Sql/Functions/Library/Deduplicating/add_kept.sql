-- Adds an add that was kept; NULL when its id is taken by now, or its queue closed. Gives its handle.
CREATE OR REPLACE FUNCTION add_kept(c step_context, p_kept new_job) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    q queue;
BEGIN
    SELECT * INTO q FROM queue WHERE name = p_kept.queue;
    IF NOT FOUND OR q.closed OR tomb_of(q.id, p_kept.id, c.at) IS NOT NULL OR NOT try_free(c, q.id, p_kept.id) THEN
        RETURN NULL;
    END IF;
    RETURN store_job(c, q, p_kept);
END $$;
