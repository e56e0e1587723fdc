-- Nothing waits or runs in a queue now. Told at the end of the step, if it is still so: until then a setting of the transaction keeps it.
CREATE OR REPLACE FUNCTION note_drained(p_queue int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('asyncmq.drained', concat_ws(',', nullif(current_setting('asyncmq.drained', true), ''), p_queue), true);
END $$;
