-- Writes what the jobs of a queue come to, as a new version. Whoever goes on with it takes the answer.
CREATE OR REPLACE FUNCTION save_state(s queue_state) RETURNS queue_state LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM queue_state WHERE queue = s.queue AND version = s.version;
    s.version := nextval('number');
    INSERT INTO queue_state VALUES (s.*);
    RETURN s;
END $$;
