-- The error of a job that fails because one that it depends on did not complete, as DependencyRules.ErrorOf has it. p_outcome: how that ended; not a final
-- state: it was removed before its end.
CREATE OR REPLACE FUNCTION dependency_error(p_queue text, p_id text, p_outcome smallint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT convert_to('{"type":"DependencyFailed","message":' || to_json('Job ' || p_queue || '/' || p_id || ', which this job depends on, '
        || CASE p_outcome WHEN 5 THEN 'failed' WHEN 6 THEN 'expired' WHEN 7 THEN 'was cancelled' ELSE 'was removed before it completed' END || '.') || '}', 'UTF8')
$$;
