-- Keeps bytes of a job that few have: 1 result, 2 error, 4 progress; none of them, when they are empty. The row has to be saved after.
CREATE OR REPLACE FUNCTION set_extra(INOUT job live, p_kind smallint, p_data bytea) LANGUAGE plpgsql AS $$
BEGIN
    IF length(p_data) > 0 THEN
        INSERT INTO extra (handle, kind, data) VALUES (job.handle, p_kind, p_data) ON CONFLICT (handle, kind) DO UPDATE SET data = excluded.data;
        job.extras := job.extras | p_kind;
    ELSIF job.extras & p_kind <> 0 THEN
        DELETE FROM extra WHERE handle = job.handle AND kind = p_kind;
        job.extras := job.extras & ~p_kind;
    END IF;
END $$;
