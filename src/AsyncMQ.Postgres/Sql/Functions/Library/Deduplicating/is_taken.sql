-- Whether a deduplication id is taken, for whoever asks: by its window, else by an owner that has not ended. p_owner: the state of the very owner.
CREATE OR REPLACE FUNCTION is_taken(p_window_ends timestamptz, p_owner smallint, p_at timestamptz) RETURNS bool LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_window_ends IS NOT NULL THEN p_window_ends > p_at ELSE coalesce(p_owner < 4, false) END
$$;
