-- Whether a job with that key (NULL: none) may be claimed ahead of its start. As LimitRules.AllowAhead.
CREATE OR REPLACE FUNCTION may_prefetch_of(q queue, p_key text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    k job_key;
    limits key_limits;
BEGIN
    IF NOT may_prefetch(q) OR p_key IS NULL THEN
        RETURN may_prefetch(q);
    END IF;
    k := key_named(q.id, p_key);
    limits := limits_of(q, k);
    RETURN limits.permits IS NULL AND NOT coalesce(limits.in_order, false) AND coalesce(k.active + 1 < limits.concurrency, true);
END $$;
