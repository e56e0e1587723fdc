-- Whether jobs of a queue without a key may be claimed ahead of their start: not where a rate or a number is kept.
CREATE OR REPLACE FUNCTION may_prefetch(q queue) RETURNS bool LANGUAGE sql IMMUTABLE AS $$
    SELECT q.concurrency IS NULL AND q.permits IS NULL
$$;
