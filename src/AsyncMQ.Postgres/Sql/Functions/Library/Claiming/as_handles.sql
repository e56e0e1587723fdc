-- Handles that were put behind each other by int8send.
CREATE OR REPLACE FUNCTION as_handles(p_bytes bytea) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY(
        SELECT ('x' || encode(substring(p_bytes FROM place FOR 8), 'hex'))::bit(64)::bigint FROM generate_series(1, length(p_bytes), 8) AS places(place) ORDER BY place)
$$;
