-- When the bucket of a time begins. p_resolution as in MetricResolution: 0 a minute, 1 an hour.
CREATE OR REPLACE FUNCTION bucket_of(p_resolution smallint, p_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT date_trunc(CASE p_resolution WHEN 0 THEN 'minute' ELSE 'hour' END, p_at, 'UTC')
$$;
