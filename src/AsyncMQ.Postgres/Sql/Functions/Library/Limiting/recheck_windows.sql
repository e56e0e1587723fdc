-- After the clock was put back: permits that were spent later than now count from now, and what was open may be open only later.
CREATE OR REPLACE FUNCTION recheck_windows(c step_context) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    q queue;
    s queue_state;
BEGIN
    FOR q IN SELECT * FROM queue ORDER BY id LOOP
        s := state_of(q.id);
        IF q.permits IS NOT NULL AND cardinality(s.window_ends) > 0 THEN
            SELECT f.ends, f.spent INTO s.window_ends, s.window_spent FROM forget_permits(s.window_ends, s.window_spent, q.permit_window, c.at) AS f;
            PERFORM save_state(s);
        END IF;
        PERFORM review_keys(c, q);
    END LOOP;
END $$;
