-- Deletes schedules of a queue, so many at most. Gives how many.
CREATE OR REPLACE FUNCTION delete_schedules_of(p_queue int, p_most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    keys bigint[] := ARRAY(SELECT key FROM schedule WHERE queue = p_queue LIMIT p_most);
BEGIN
    PERFORM delete_schedules(keys);
    RETURN cardinality(keys);
END $$;
