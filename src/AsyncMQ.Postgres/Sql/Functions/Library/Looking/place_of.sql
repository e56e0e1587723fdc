-- A key or an id in the ordinal order of .NET, which compares UTF-16: as UTF-8, with the characters from U+E000 to U+FFFF behind those that UTF-16 writes in two.
CREATE OR REPLACE FUNCTION place_of(p_text text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    place bytea := convert_to(p_text, 'UTF8');
BEGIN
    -- 238 and 239 begin such characters, and nothing else.
    IF position('\xee'::bytea IN place) > 0 OR position('\xef'::bytea IN place) > 0 THEN
        FOR i IN 0 .. length(place) - 1 LOOP
            IF get_byte(place, i) IN (238, 239) THEN
                place := set_byte(place, i, get_byte(place, i) + 16);
            END IF;
        END LOOP;
    END IF;
    RETURN place;
END $$;
