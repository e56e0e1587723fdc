-- Drops buckets that are too old, so many names of them at most. Gives how many.
CREATE OR REPLACE FUNCTION drop_old_figures(c step_context, p_most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    dropped int := 0;
    gone int;
BEGIN
    FOR length IN 0 .. 1 LOOP
        DELETE FROM figure WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM figure WHERE resolution = length AND start < first_kept(length::smallint, c.at) ORDER BY resolution, start LIMIT p_most - dropped));
        GET DIAGNOSTICS gone = ROW_COUNT;
        dropped := dropped + gone;
    END LOOP;
    RETURN dropped;
END $$;
