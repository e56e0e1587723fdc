-- Expires jobs of a queue that may no longer start, so many at most. Gives how many.
CREATE OR REPLACE FUNCTION expire_due(c step_context, p_queue int, p_most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    job live;
    expired int := 0;
BEGIN
    FOR job IN
        SELECT * FROM live WHERE queue = p_queue AND expires IS NOT NULL AND state IN (0, 2) AND expires <= c.at ORDER BY expires LIMIT p_most
    LOOP
        PERFORM finish_job(c, job, 6::smallint);
        expired := expired + 1;
    END LOOP;
    RETURN expired;
END $$;
