-- The next job where keys take turns and jobs are parked, too: of all that a session may claim that of the lowest priority, then of who has stood longest,
-- then, within a key, the first in sequence.
CREATE OR REPLACE FUNCTION choose_in_turn(c step_context, s queue_state) RETURNS candidate[] LANGUAGE plpgsql AS $$
DECLARE
    lanes text[] := ARRAY[''];
    found candidate[];
    plain candidate[] := '{}';
BEGIN
    IF s.keyed_parked > 0 THEN
        lanes := lanes || known_benches(c, s.queue, true);
    END IF;
    SELECT array_agg(t) INTO found FROM unnest(lanes) AS l(bench) CROSS JOIN LATERAL (SELECT t FROM choose_turns(s.queue, l.bench, 1) AS t) AS t;
    IF s.counts[1] - s.keyed > 0 THEN
        plain := coalesce(choose_in_order(s, CASE WHEN s.parked > 0 THEN known_benches(c, s.queue, false) ELSE '{}' END, 1), '{}');
        IF cardinality(plain) > 0 THEN
            plain[1].turn := plain_turn_of(s.queue, plain[1].priority);
        END IF;
    END IF;
    RETURN ARRAY(SELECT f FROM unnest(found || plain) AS f ORDER BY f.priority, f.turn, f.sequence LIMIT 1);
END $$;
