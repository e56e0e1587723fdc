-- Renews a lease, and says whether the session is quiet. No row: it is dead or unknown. One that is past its lease, but not declared dead, is renewed.
CREATE OR REPLACE FUNCTION renew_session(p_id uuid, p_held int) RETURNS TABLE (quiet bool) LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
    kept session;
BEGIN
    PERFORM lock_installation();
    at := store_time();
    UPDATE session s SET seen = at, held = p_held WHERE s.id = p_id AND s.ended IS NULL RETURNING s.* INTO kept;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF kept.lease IS NOT NULL THEN
        PERFORM note_renewal(kept.lease, at);
    END IF;
    RETURN QUERY SELECT kept.quiet;
END $$;
