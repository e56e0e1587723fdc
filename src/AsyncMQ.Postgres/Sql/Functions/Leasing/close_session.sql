-- Ends a session, and forgets its lanes. Repeatable.
CREATE OR REPLACE FUNCTION close_session(p_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    closed bigint;
BEGIN
    PERFORM lock_installation();
    UPDATE session SET ended = store_time() WHERE id = p_id AND ended IS NULL RETURNING key INTO closed;
    DELETE FROM lane WHERE session = closed;
END $$;
