-- The tombstone that keeps an id taken; NULL when none does. One that is over is removed.
CREATE OR REPLACE FUNCTION tomb_of(p_queue int, p_id text, p_at timestamptz) RETURNS tomb LANGUAGE plpgsql AS $$
DECLARE
    found_tomb tomb;
    s queue_state;
BEGIN
    SELECT * INTO found_tomb FROM tomb WHERE queue = p_queue AND id = p_id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF found_tomb.until > p_at THEN
        RETURN found_tomb;
    END IF;
    DELETE FROM tomb WHERE queue = p_queue AND id = p_id;
    s := state_of(p_queue);
    s.tombs := s.tombs - 1;
    PERFORM save_state(s);
    RETURN NULL;
END $$;
