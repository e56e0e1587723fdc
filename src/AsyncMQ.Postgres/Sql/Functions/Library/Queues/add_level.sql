-- Plain jobs of a priority come to wait; none of them stands before a sequence.
CREATE OR REPLACE FUNCTION add_level(INOUT s queue_state, p_priority int, p_count bigint, p_first bigint) LANGUAGE plpgsql AS $$
DECLARE
    most constant int := 256;
    place int;
BEGIN
    IF s.levels IS NULL THEN
        RETURN;
    END IF;
    place := array_position(s.levels, p_priority);
    IF place IS NOT NULL THEN
        s.level_counts[place] := s.level_counts[place] + p_count;
        s.level_floors[place] := least(s.level_floors[place], p_first);
    ELSIF cardinality(s.levels) = most THEN
        s.levels := NULL;
        s.level_counts := NULL;
        s.level_floors := NULL;
    ELSE
        SELECT count(*) INTO place FROM unnest(s.levels) AS l(level) WHERE level < p_priority;
        s.levels := s.levels[1:place] || p_priority || s.levels[place + 1:];
        s.level_counts := s.level_counts[1:place] || p_count || s.level_counts[place + 1:];
        s.level_floors := s.level_floors[1:place] || p_first || s.level_floors[place + 1:];
    END IF;
END $$;
