-- Frees a deduplication id.
CREATE OR REPLACE FUNCTION release_deduplication(p_session uuid, p_lane int, p_step bigint, p_queue text, p_id text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    q queue;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    SELECT * INTO q FROM queue WHERE name = p_queue;
    RETURN answer(c, CASE WHEN q.id IS NOT NULL AND release_dedup(c, q.id, p_id) THEN 0 ELSE 1 END);
END $$;
