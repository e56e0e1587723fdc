-- What the jobs of a queue come to now.
CREATE OR REPLACE FUNCTION state_of(p_queue int) RETURNS queue_state LANGUAGE plpgsql AS $$
DECLARE
    s queue_state;
BEGIN
    SELECT * INTO s FROM queue_state WHERE queue = p_queue ORDER BY version DESC LIMIT 1;
    RETURN s;
END $$;
