-- The error of jobs whose group was refused late, as DeferredGroups.ErrorOf has it. Reasons as in AddRefusalReason.
CREATE OR REPLACE FUNCTION refusal_error(p_reason int, p_job text, p_detail text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN convert_to('{"type":"AddRefused","message":' || to_json('The add was refused when its transaction had committed: ' || CASE p_reason
        WHEN 1 THEN format('queue ''%s'' is being obliterated.', p_detail)
        WHEN 2 THEN format('flow ''%s'' does not exist.', p_detail)
        WHEN 3 THEN format('job %s of the flow exists already.', p_job)
        ELSE format('job %s depends on %s, which does not exist.', p_job, p_detail) END) || '}', 'UTF8');
END $$;
