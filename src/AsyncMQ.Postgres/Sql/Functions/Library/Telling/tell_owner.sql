-- Tells a session that its mailbox has something, or that it lost a claim.
CREATE OR REPLACE FUNCTION tell_owner(p_session bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell('M' || replace(id::text, '-', '')) FROM session WHERE key = p_session;
END $$;
