-- A session has ended: nobody will ask for its replies again, nor for its queues.
CREATE OR REPLACE FUNCTION forget_lanes(p_session bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM lane WHERE session = p_session;
    DELETE FROM session_queue WHERE session = p_session;
END $$;
