-- A schedule by name; NULL when there is none.
CREATE OR REPLACE FUNCTION schedule_of(p_queue text, p_id text) RETURNS schedule LANGUAGE plpgsql STABLE AS $$
DECLARE
    found_schedule schedule;
BEGIN
    SELECT s.* INTO found_schedule FROM queue AS q CROSS JOIN LATERAL (SELECT * FROM schedule WHERE schedule.queue = q.id AND schedule.id = p_id LIMIT 1) AS s
    WHERE q.name = p_queue;
    RETURN found_schedule;
END $$;
