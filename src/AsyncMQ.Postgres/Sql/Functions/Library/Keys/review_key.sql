-- After a change of a key, as it was and as it is now: whether it is open, and so where it stands, and when to look again. Writes it, or forgets it.
-- p_came: the job that has just come to wait, or that was claimed: then it is noted whether limits hold the others back.
CREATE OR REPLACE FUNCTION review_key(c step_context, q queue, p_before job_key, INOUT k job_key, p_came live DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    limits key_limits := limits_of(q, k);
    opens_at timestamptz;
    look_at timestamptz;
BEGIN
    IF cardinality(k.window_ends) > 0 THEN
        IF limits.permits IS NULL THEN
            k.window_ends := '{}';
            k.window_spent := '{}';
        ELSE
            SELECT f.ends, f.spent INTO k.window_ends, k.window_spent FROM forget_permits(k.window_ends, k.window_spent, limits.permit_window, c.at) AS f;
        END IF;
    END IF;
    IF k.head IS NOT NULL AND NOT coalesce(limits.in_order, false) THEN
        k.head := NULL;
        k.head_bench := NULL;
        k.head_priority := NULL;
    END IF;

    opens_at := key_opens_at(k, limits, c.at);
    k.stands := opens_at <= c.at;
    PERFORM place_key(q, p_before, k, p_came);
    IF c.heard AND p_came.handle IS NOT NULL THEN
        k := note_key_limit(c, q, k, limits, p_came.state = 1);
    END IF;

    look_at := CASE WHEN k.waiting > 0 THEN opens_at ELSE key_forgotten_at(k, limits, c.at) END;
    IF look_at <= c.at AND k.waiting = 0 THEN
        IF k.version IS NOT NULL THEN
            DELETE FROM job_key WHERE queue = k.queue AND key = k.key AND version = k.version;
        END IF;
        k := key_named(k.queue, k.key);
        RETURN;
    END IF;
    -- By itself it opens at no other time.
    k.look_at := CASE WHEN look_at > c.at AND look_at < 'infinity' THEN look_at END;
    k.to_open := k.look_at IS NOT NULL AND k.waiting > 0;
    IF k IS DISTINCT FROM p_before THEN
        k := save_key(k);
    END IF;
END $$;
