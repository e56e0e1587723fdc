-- Counts a job of a queue in (by 1) or out (by -1).
CREATE OR REPLACE FUNCTION count_job(INOUT s queue_state, job live, p_by int, p_at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    IF job.state >= 4 AND p_by > 0 THEN
        s := count_ends(s, job.state, 1, p_at);
        RETURN;
    END IF;
    s.counts[job.state + 1] := s.counts[job.state + 1] + p_by;
    IF job.state = 2 AND p_by > 0 THEN
        s.next_due := least(s.next_due, job.due);
    END IF;
    IF job.state <> 0 THEN
        RETURN;
    END IF;
    IF job.priority <> 5 THEN
        s.prioritized := s.prioritized + p_by;
    END IF;
    IF job.key IS NOT NULL THEN
        s.keyed := s.keyed + p_by;
        IF job.bench <> '' THEN
            s.keyed_parked := s.keyed_parked + p_by;
        END IF;
    ELSIF job.bench <> '' THEN
        s.parked := s.parked + p_by;
    ELSIF p_by > 0 THEN
        s := add_level(s, job.priority, p_by, job.sequence);
    ELSE
        s := take_level(s, job.priority, -p_by, NULL);
    END IF;
END $$;
