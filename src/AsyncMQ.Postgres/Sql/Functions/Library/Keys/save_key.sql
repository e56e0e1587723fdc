-- Writes a key, as a new version. Whoever goes on with it takes the answer.
CREATE OR REPLACE FUNCTION save_key(k job_key) RETURNS job_key LANGUAGE plpgsql AS $$
BEGIN
    IF k.version IS NOT NULL THEN
        DELETE FROM job_key WHERE queue = k.queue AND key = k.key AND version = k.version;
    END IF;
    k.version := nextval('number');
    INSERT INTO job_key VALUES (k.*);
    RETURN k;
END $$;
