-- Takes in what committed transactions have added, before somebody looks: as much as a step does.
CREATE OR REPLACE FUNCTION take_in_committed() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c step_context;
BEGIN
    IF EXISTS (SELECT 1 FROM inbox) THEN
        c := begin_unnamed();
        PERFORM take_in(c);
        PERFORM tell_drained(c);
    END IF;
END $$;
