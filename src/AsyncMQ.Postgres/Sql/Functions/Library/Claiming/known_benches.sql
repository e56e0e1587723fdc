-- The benches of a queue's parked jobs, with or without keys, whose names a session knows: through the names that are parked, or through those that the
-- session knows, whichever are fewer. Anybody can park as many as he likes.
CREATE OR REPLACE FUNCTION known_benches(c step_context, p_queue int, p_keyed bool) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    known text[] := '{}';
    all_names text[];
    after text := '';
    seen int := 0;
BEGIN
    SELECT names INTO all_names FROM session WHERE session.key = c.session;
    LOOP
        after := bench_from(p_queue, p_keyed, after, true);
        EXIT WHEN after IS NULL;
        seen := seen + 1;
        IF seen > cardinality(all_names) THEN
            RETURN ARRAY(SELECT name FROM unnest(all_names) AS n(name) WHERE bench_from(p_queue, p_keyed, name, false) = name);
        END IF;
        IF after = ANY (all_names) THEN
            known := known || after;
        END IF;
    END LOOP;
    RETURN known;
END $$;
