-- Ends a subscription; one that is not held is no error.
CREATE OR REPLACE FUNCTION unsubscribe(p_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c step_context := begin_unnamed();
BEGIN
    DELETE FROM subscriber WHERE id = p_id OR until <= c.at;
    IF FOUND THEN
        PERFORM note_subscribers();
    END IF;
END $$;
