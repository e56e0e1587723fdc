-- Of the jobs just claimed, completes those that a transaction of an earlier attempt had completed: they are given to nobody. Gives the others.
CREATE OR REPLACE FUNCTION without_completed(c step_context, INOUT p_taken bigint[], INOUT p_of int[], INOUT p_since timestamptz[]) LANGUAGE plpgsql AS $$
DECLARE
    done bigint[];
    job live;
BEGIN
    SELECT array_agg(t.handle) INTO done FROM unnest(p_taken) AS t(handle)
    CROSS JOIN LATERAL (SELECT 1 FROM completion WHERE completion.handle = t.handle AND NOT settled LIMIT 1) AS found;
    IF done IS NULL THEN
        RETURN;
    END IF;
    FOR job IN SELECT l.* FROM unnest(done) WITH ORDINALITY AS d(handle, place) CROSS JOIN LATERAL (SELECT * FROM live WHERE live.handle = d.handle LIMIT 1) AS l ORDER BY place LOOP
        job.attempt := job.attempt - 1;
        PERFORM complete_job(c, job);
    END LOOP;
    SELECT coalesce(array_agg(handle ORDER BY place), '{}'), coalesce(array_agg(of ORDER BY place), '{}'), coalesce(array_agg(since ORDER BY place), '{}')
    INTO p_taken, p_of, p_since
    FROM unnest(p_taken, p_of, p_since) WITH ORDINALITY AS t(handle, of, since, place) WHERE handle <> ALL (done);
END $$;
