-- A queue by name, made now if there is none.
CREATE OR REPLACE FUNCTION queue_or_new(p_name text) RETURNS queue LANGUAGE plpgsql AS $$
DECLARE
    q queue;
BEGIN
    SELECT * INTO q FROM queue WHERE name = p_name;
    IF NOT FOUND THEN
        INSERT INTO queue (name) VALUES (p_name) RETURNING * INTO q;
        INSERT INTO queue_state (queue, version) VALUES (q.id, nextval('number'));
    END IF;
    RETURN q;
END $$;
