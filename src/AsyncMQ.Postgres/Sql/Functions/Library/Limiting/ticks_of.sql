-- A time in ticks of .NET, in which windows are counted exactly as RateWindow counts them.
CREATE OR REPLACE FUNCTION ticks_of(p_at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM p_at) * 10000000)::bigint + 621355968000000000
$$;
