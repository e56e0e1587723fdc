-- The jobs of a priority that have no key take their place behind all others.
CREATE OR REPLACE FUNCTION stand_plain(p_queue int, p_priority int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM plain_turn WHERE queue = p_queue AND priority = p_priority;
    INSERT INTO plain_turn (queue, priority, turn) VALUES (p_queue, p_priority, nextval('number'));
END $$;
