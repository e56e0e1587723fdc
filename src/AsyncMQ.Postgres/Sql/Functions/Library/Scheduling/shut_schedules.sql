-- The schedules of a queue that is closed fire no more; they do again if it is opened.
CREATE OR REPLACE FUNCTION shut_schedules(p_queue int, p_shut bool) RETURNS void LANGUAGE sql AS $$
    UPDATE schedule SET shut = p_shut WHERE queue = p_queue AND shut <> p_shut
$$;
