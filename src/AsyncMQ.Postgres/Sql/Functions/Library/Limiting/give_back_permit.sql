-- Gives the latest permit back that was spent.
CREATE OR REPLACE FUNCTION give_back_permit(INOUT ends bigint[], INOUT spent int[]) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    last int := cardinality(ends);
BEGIN
    IF spent[last] > 1 THEN
        spent[last] := spent[last] - 1;
    ELSE
        ends := ends[:last - 1];
        spent := spent[:last - 1];
    END IF;
END $$;
