-- When a queue may have work for a session: now or before, at a time, or 'infinity': nothing is known to come.
CREATE OR REPLACE FUNCTION next_work_at(c step_context, q queue, s queue_state) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    earliest timestamptz;
BEGIN
    IF q.closed THEN
        RETURN 'infinity';
    END IF;
    earliest := CASE WHEN s.counts[1] - s.parked - s.keyed > 0 THEN c.at ELSE s.next_due END;
    earliest := greatest(earliest, s.held_until);
    IF is_paused(q, c.at) THEN
        earliest := greatest(earliest, coalesce(q.paused_until, 'infinity'));
    END IF;
    RETURN earliest;
END $$;
