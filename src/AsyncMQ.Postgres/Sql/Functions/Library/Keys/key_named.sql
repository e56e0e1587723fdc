-- A key of a queue; one of which there is nothing to say yet has no version.
CREATE OR REPLACE FUNCTION key_named(p_queue int, p_key text) RETURNS job_key LANGUAGE plpgsql AS $$
DECLARE
    k job_key;
BEGIN
    SELECT * INTO k FROM job_key WHERE queue = p_queue AND key = p_key ORDER BY version DESC LIMIT 1;
    IF NOT FOUND THEN
        k.queue := p_queue;
        k.key := p_key;
        k.place := place_of(p_key);
        k.waiting := 0;
        k.parked := 0;
        k.active := 0;
        k.has_limits := false;
        k.in_order := false;
        k.held_until := '-infinity';
        k.window_ends := '{}';
        k.window_spent := '{}';
        k.limit_told := false;
        k.stands := false;
        k.to_open := false;
    END IF;
    RETURN k;
END $$;
