-- Jobs came into a final state. Those that completed or failed are counted by the minute, as in EndTally: by .NET's minutes, whose first was in the year 1.
CREATE OR REPLACE FUNCTION count_ends(INOUT s queue_state, p_state smallint, p_count bigint, p_at timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    slots constant int := 6;
    now_minute bigint := floor(extract(epoch FROM p_at) / 60)::bigint + 1035593280;
    slot int;
BEGIN
    s.counts[p_state + 1] := s.counts[p_state + 1] + p_count;
    IF p_state > 5 THEN
        RETURN;
    END IF;
    IF now_minute > s.minute THEN
        FOR passed IN greatest(s.minute + 1, now_minute - slots + 1) .. now_minute LOOP
            slot := passed % slots + 1;
            s.completed_in[slot] := 0;
            s.failed_in[slot] := 0;
        END LOOP;
        s.minute := now_minute;
    END IF;
    slot := s.minute % slots + 1;
    IF p_state = 4 THEN
        s.completed_in[slot] := s.completed_in[slot] + p_count;
    ELSE
        s.failed_in[slot] := s.failed_in[slot] + p_count;
    END IF;
END $$;
