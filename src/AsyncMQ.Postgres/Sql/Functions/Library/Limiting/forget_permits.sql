-- Forgets permits that were spent a window ago. As RateWindow.Forget.
CREATE OR REPLACE FUNCTION forget_permits(INOUT ends bigint[], INOUT spent int[], p_window bigint, p_at timestamptz) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    ticks bigint;
    last int := cardinality(ends);
    over int := 0;
BEGIN
    IF last = 0 THEN
        RETURN;
    END IF;

    -- The clock was put back, or the window cut: nobody waits longer than the window says.
    ticks := ticks_of(p_at);
    IF ends[last] > part_end(p_window, ticks) THEN
        ends := ARRAY[part_end(p_window, ticks)];
        spent := ARRAY[(SELECT sum(permits)::int FROM unnest(spent) AS s(permits))];
        last := 1;
    END IF;

    WHILE over < last AND ends[over + 1] + p_window <= ticks LOOP
        over := over + 1;
    END LOOP;
    IF over > 0 THEN
        ends := ends[over + 1:];
        spent := spent[over + 1:];
    END IF;
END $$;
