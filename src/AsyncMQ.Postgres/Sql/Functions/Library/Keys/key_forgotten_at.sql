-- From when on there is nothing to remember of a key, should nothing else happen. As LimitRules.ForgottenAt.
CREATE OR REPLACE FUNCTION key_forgotten_at(k job_key, p_limits key_limits, p_at timestamptz) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    ends bigint[];
BEGIN
    IF k.waiting > 0 OR k.active > 0 OR k.has_limits OR k.head IS NOT NULL THEN
        RETURN 'infinity';
    END IF;
    IF p_limits.permits IS NOT NULL AND cardinality(k.window_ends) > 0 THEN
        ends := (forget_permits(k.window_ends, k.window_spent, p_limits.permit_window, p_at)).ends;
        IF cardinality(ends) > 0 THEN
            RETURN greatest(k.held_until, time_of(ends[cardinality(ends)] + p_limits.permit_window));
        END IF;
    END IF;
    RETURN k.held_until;
END $$;
