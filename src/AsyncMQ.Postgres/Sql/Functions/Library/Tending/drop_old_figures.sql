-- Drops buckets that are too old, so many names of them at most. Gives how many.
CREATE OR REPLACE FUNCTION drop_old_figures(c step_context, p_most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    minutes int;
    hours int;
BEGIN
    DELETE FROM figure WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM figure WHERE resolution = 0 AND start < first_kept(0::smallint, c.at) ORDER BY start LIMIT p_most));
    GET DIAGNOSTICS minutes = ROW_COUNT;
    DELETE FROM figure WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM figure WHERE resolution = 1 AND start < first_kept(1::smallint, c.at) ORDER BY start LIMIT p_most - minutes));
    GET DIAGNOSTICS hours = ROW_COUNT;
    RETURN minutes + hours;
END $$;
