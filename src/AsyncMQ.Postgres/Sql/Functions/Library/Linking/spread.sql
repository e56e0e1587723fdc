-- Tells dependents what became of the jobs that they depend on, at most a thousand in a step; when something is left, whoever sleeps is woken to go on. A
-- dependent that ends by it puts an effect of its own at the end of the list: a cascade of any depth is a longer list, not a deeper stack.
CREATE OR REPLACE FUNCTION spread(c step_context) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    left_over int := 1000;
    last_floor effect_floor;
    e effect;
    got record;
    free bigint[] := '{}';
BEGIN
    SELECT * INTO last_floor FROM effect_floor ORDER BY version DESC LIMIT 1;
    SELECT * INTO e FROM effect WHERE number >= coalesce(last_floor.number, 0) ORDER BY number LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    LOOP
        SELECT * INTO got FROM tell_end(c, e, left_over);
        free := free || got.free;
        left_over := left_over - greatest(got.told, 1);
        IF got.is_done THEN
            last_floor.number := e.number + 1;
            SELECT * INTO e FROM effect WHERE number >= last_floor.number ORDER BY number LIMIT 1;
            EXIT WHEN NOT FOUND;
        END IF;
        last_floor.number := e.number;
        IF left_over <= 0 THEN
            PERFORM tell('C');
            EXIT;
        END IF;
    END LOOP;

    -- Whoever is free now was held back by nothing that is told behind it, so all of them may go at once.
    PERFORM release_jobs(c, free);
    DELETE FROM effect_floor WHERE version = last_floor.version;
    INSERT INTO effect_floor (version, number) VALUES (nextval('number'), last_floor.number);
END $$;
