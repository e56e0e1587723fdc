-- The turn of the jobs of a priority that have no key; zero: before all others.
CREATE OR REPLACE FUNCTION plain_turn_of(p_queue int, p_priority int) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN coalesce((SELECT turn FROM plain_turn WHERE queue = p_queue AND priority = p_priority ORDER BY turn DESC LIMIT 1), 0);
END $$;
