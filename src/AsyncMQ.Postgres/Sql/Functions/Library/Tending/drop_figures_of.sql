-- Drops figures of a queue, so many names of its buckets at most. Gives how many.
CREATE OR REPLACE FUNCTION drop_figures_of(p_queue int, p_most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    dropped int;
BEGIN
    DELETE FROM figure WHERE ctid = ANY (ARRAY(SELECT ctid FROM figure WHERE queue = p_queue LIMIT p_most));
    GET DIAGNOSTICS dropped = ROW_COUNT;
    RETURN dropped;
END $$;
