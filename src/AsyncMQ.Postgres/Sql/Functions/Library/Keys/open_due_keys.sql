-- Opens the keys of a queue whose time has come.
CREATE OR REPLACE FUNCTION open_due_keys(c step_context, q queue) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
