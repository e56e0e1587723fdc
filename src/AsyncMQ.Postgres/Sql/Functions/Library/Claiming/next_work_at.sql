-- When a queue may have work for a session: now or before, at a time, or 'infinity': nothing is known to come.
CREATE OR REPLACE FUNCTION next_work_at(c step_context, q queue, s queue_state) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    earliest timestamptz;
BEGIN
    IF q.closed THEN
        RETURN 'infinity';
    END IF;
    IF s.counts[1] > 0 AND has_work(c, s) THEN
        earliest := c.at;
    ELSE
        earliest := s.next_due;
        IF s.keyed > 0 THEN
            earliest := least(earliest, (SELECT look_at FROM job_key WHERE queue = q.id AND to_open ORDER BY look_at LIMIT 1));
        END IF;
    END IF;
    -- Where all that may run runs, whoever ends frees the way, and tells.
    earliest := greatest(earliest, s.held_until, limits_open_at(q, s, c.at));
    IF is_paused(q, c.at) THEN
        earliest := greatest(earliest, coalesce(q.paused_until, 'infinity'));
    END IF;
    RETURN earliest;
END $$;
