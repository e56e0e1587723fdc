-- Plain jobs of a priority wait no more; from now on none stands before a sequence (NULL: nobody knows more than before).
CREATE OR REPLACE FUNCTION take_level(INOUT s queue_state, p_priority int, p_count bigint, p_first bigint) LANGUAGE plpgsql AS $$
DECLARE
    place int;
BEGIN
    IF s.levels IS NULL THEN
        -- counts are those after the jobs have left: when none is left, there is nothing that need be told.
        IF s.counts[1] - s.parked - s.keyed = 0 THEN
            s.levels := '{}';
            s.level_counts := '{}';
            s.level_floors := '{}';
        END IF;
        RETURN;
    END IF;
    place := array_position(s.levels, p_priority);
    IF s.level_counts[place] > p_count THEN
        s.level_counts[place] := s.level_counts[place] - p_count;
        s.level_floors[place] := coalesce(p_first, s.level_floors[place]);
    ELSE
        s.levels := s.levels[1:place - 1] || s.levels[place + 1:];
        s.level_counts := s.level_counts[1:place - 1] || s.level_counts[place + 1:];
        s.level_floors := s.level_floors[1:place - 1] || s.level_floors[place + 1:];
    END IF;
END $$;
