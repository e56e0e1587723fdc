-- The next jobs where keys take turns and none of their jobs is parked: a round of one priority. Who is claimed stands behind all the others of it then, and
-- no claim gives anybody else a place; so these are next, whoever of them is claimed.
CREATE OR REPLACE FUNCTION choose_round(s queue_state, p_most int) RETURNS candidate[] LANGUAGE plpgsql AS $$
DECLARE
    keyed candidate[] := ARRAY(SELECT t FROM choose_turns(s.queue, '', p_most) AS t ORDER BY t.turn);
    plain candidate[];
    its_turn bigint;
    place int;
BEGIN
    IF s.counts[1] - s.parked - s.keyed = 0 THEN
        RETURN keyed;
    END IF;
    plain := choose_in_order(s, '{}', CASE WHEN cardinality(keyed) > 0 AND keyed[1].priority <= coalesce(s.levels[1], keyed[1].priority) THEN 1 ELSE p_most END);
    IF cardinality(keyed) = 0 OR plain[1].priority < keyed[1].priority THEN
        RETURN plain; -- nobody stands between them
    END IF;
    IF plain[1].priority > keyed[1].priority THEN
        RETURN keyed;
    END IF;
    its_turn := plain_turn_of(s.queue, plain[1].priority);
    SELECT count(*) INTO place FROM unnest(keyed) AS k WHERE k.turn <= its_turn;
    RETURN (keyed[:place] || plain[1] || keyed[place + 1:])[:p_most];
END $$;
