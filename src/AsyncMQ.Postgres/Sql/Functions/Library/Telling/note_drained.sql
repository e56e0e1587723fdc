-- Nothing waits or runs in a queue now. Told at the end of the step, if it is still so.
CREATE OR REPLACE FUNCTION note_drained(p_queue int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
