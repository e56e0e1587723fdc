-- Removes tombstones that are over, so many at most. Gives how many.
CREATE OR REPLACE FUNCTION drop_tombs(c step_context, p_most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    s queue_state;
    gone record;
    dropped int := 0;
BEGIN
    FOR gone IN
        WITH over AS (DELETE FROM tomb WHERE ctid = ANY (ARRAY(SELECT ctid FROM tomb WHERE until <= c.at ORDER BY until LIMIT p_most)) RETURNING queue)
        SELECT queue, count(*) AS count FROM over GROUP BY queue
    LOOP
        s := state_of(gone.queue);
        s.tombs := s.tombs - gone.count;
        PERFORM save_state(s);
        dropped := dropped + gone.count;
    END LOOP;
    RETURN dropped;
END $$;
