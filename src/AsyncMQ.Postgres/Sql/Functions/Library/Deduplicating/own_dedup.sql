-- Makes a job the owner of a deduplication id. A kept add stays with the id.
CREATE OR REPLACE FUNCTION own_dedup(p_queue int, p_id text, p_owner bigint, p_owner_id text, p_window_ends timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dedup (queue, id, owner, owner_id, window_ends) VALUES (p_queue, p_id, p_owner, p_owner_id, p_window_ends)
    ON CONFLICT (queue, id) DO UPDATE SET owner = p_owner, owner_id = p_owner_id, window_ends = p_window_ends, free_at = NULL;
END $$;
