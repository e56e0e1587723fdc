-- The number of a worker's name.
CREATE OR REPLACE FUNCTION worker_of(p_name bytea) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    found_id int;
BEGIN
    SELECT id INTO found_id FROM worker WHERE name = p_name;
    IF NOT FOUND THEN
        INSERT INTO worker (name) VALUES (p_name) RETURNING id INTO found_id;
    END IF;
    RETURN found_id;
END $$;
