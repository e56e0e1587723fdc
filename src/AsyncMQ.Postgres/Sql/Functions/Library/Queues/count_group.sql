-- Counts jobs in that are neither keyed nor parked, so many of one priority, that come to wait or to be delayed (state 0 or 2). p_first: none of them stands
-- before this sequence; p_due: none is due before this. Where others have keys, they take their turn.
CREATE OR REPLACE FUNCTION count_group(INOUT s queue_state, p_state smallint, p_priority int, p_count bigint, p_first bigint, p_due timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    s.counts[p_state + 1] := s.counts[p_state + 1] + p_count;
    IF p_state = 2 THEN
        s.next_due := least(s.next_due, p_due);
        RETURN;
    END IF;
    IF p_priority <> 5 THEN
        s.prioritized := s.prioritized + p_count;
    END IF;
    s := add_level(s, p_priority, p_count, p_first);
    IF s.keyed > 0 THEN
        PERFORM plain_came(s, p_priority, p_count);
    END IF;
END $$;
