-- Spends permits.
CREATE OR REPLACE FUNCTION take_permits(INOUT ends bigint[], INOUT spent int[], p_window bigint, p_count int, p_at timestamptz) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    this_end bigint := part_end(p_window, ticks_of(p_at));
    last int;
BEGIN
    SELECT f.ends, f.spent INTO ends, spent FROM forget_permits(ends, spent, p_window, p_at) AS f;
    last := cardinality(ends);
    IF ends[last] = this_end THEN
        spent[last] := spent[last] + p_count;
    ELSE
        ends := ends || this_end;
        spent := spent || p_count;
    END IF;
END $$;
