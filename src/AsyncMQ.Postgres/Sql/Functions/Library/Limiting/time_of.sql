-- A time by its ticks; none that a microsecond does not tell: then the next one, lest anything begins too early.
CREATE OR REPLACE FUNCTION time_of(p_ticks bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT least(
        timestamptz '1970-01-01 00:00:00+00' + (m.micros / 1000000) * interval '1 second' + (m.micros % 1000000) * interval '1 microsecond',
        timestamptz '9999-12-31 23:59:59.999999+00')
    FROM (SELECT (p_ticks - 621355968000000000 + 9) / 10 AS micros) AS m
$$;
