-- A job came into a final state that others depend on: they are to be told.
CREATE OR REPLACE FUNCTION links_ended(job live) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO effect (number, dependency, outcome) VALUES (nextval('number'), job.handle, job.state);
END $$;
