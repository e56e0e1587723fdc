-- A time that much later, not behind the last one that .NET knows; NULL by NULL.
CREATE OR REPLACE FUNCTION add_time(p_at timestamptz, p_by interval) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT least(p_at + p_by, '9999-12-31 23:59:59.999999+00'::timestamptz)
$$;
