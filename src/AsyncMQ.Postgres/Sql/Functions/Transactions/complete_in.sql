-- Completes a claimed job inside its handler's transaction. The row comes first: that of another attempt is waited for, so that when it is written, and the
-- claim is looked at after that, no other attempt can have completed the job. AM005: the claim is not current; AM006: another attempt completed the job. An
-- error, so that the transaction cannot be committed by mistake.
CREATE OR REPLACE FUNCTION complete_in(p_installation uuid, p_session uuid, p_lane int, p_step bigint, p_handle bigint, p_result bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    job live;
BEGIN
    PERFORM require_installation(p_installation);
    INSERT INTO completion (handle, result) VALUES (p_handle, p_result) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The job is completed already.' USING ERRCODE = 'AM006';
    END IF;
    SELECT * INTO job FROM live WHERE handle = p_handle;
    IF job.handle IS NULL OR job.state <> 1 OR job.lane <> p_lane OR job.step <> p_step
        OR NOT EXISTS (SELECT 1 FROM session WHERE id = p_session AND key = job.session AND ended IS NULL) THEN
        RAISE EXCEPTION 'The claim is not current.' USING ERRCODE = 'AM005';
    END IF;
END $$;
