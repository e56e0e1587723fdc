-- Buckets that begin before this are kept no more. The rule is MetricRules.
CREATE OR REPLACE FUNCTION first_kept(p_resolution smallint, p_at timestamptz) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN bucket_of(p_resolution, p_at - CASE p_resolution WHEN 0 THEN interval '2 hours' ELSE interval '168 hours' END);
END $$;
