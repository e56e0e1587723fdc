-- Whether a queue is paused at a time; a pause with an end needs nobody to end it.
CREATE OR REPLACE FUNCTION is_paused(q queue, p_at timestamptz) RETURNS bool LANGUAGE sql IMMUTABLE AS $$
    SELECT q.paused_at IS NOT NULL AND coalesce(q.paused_until > p_at, true)
$$;
