-- Takes in what committed transactions have added, before somebody looks.
CREATE OR REPLACE FUNCTION take_in_committed() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c step_context;
BEGIN
    WHILE EXISTS (SELECT 1 FROM inbox) LOOP
        c := begin_unnamed();
        EXIT WHEN NOT take_in(c);
        PERFORM tell_drained(c);
    END LOOP;
END $$;
