-- The end of the part of a window, a 64th, in which a time lies; all in ticks.
CREATE OR REPLACE FUNCTION part_end(p_window bigint, p_ticks bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (p_ticks / part.length + 1) * part.length FROM (SELECT greatest(1, p_window / 64) AS length) AS part
$$;
