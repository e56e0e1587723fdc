-- Tells the processes that listen, when the step is committed. A line: W queue, E queue NUL id, M session, S, V, C; NUL is sent as a tab, which no name has.
CREATE OR REPLACE FUNCTION tell(p_line text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('asyncmq_' || md5(current_schema()), p_line);
END $$;
