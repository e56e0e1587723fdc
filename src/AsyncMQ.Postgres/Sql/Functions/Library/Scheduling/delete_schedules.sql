-- Deletes schedules with their histories.
CREATE OR REPLACE FUNCTION delete_schedules(p_keys bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM occurrence WHERE schedule = ANY (p_keys);
    DELETE FROM schedule WHERE key = ANY (p_keys);
END $$;
