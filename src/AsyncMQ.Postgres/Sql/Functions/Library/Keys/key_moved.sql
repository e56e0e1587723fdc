-- A job with a key went from one state to another: NULL before: it is new; after: it is gone. Its row is written already.
CREATE OR REPLACE FUNCTION key_moved(c step_context, p_from live, p_to live) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
