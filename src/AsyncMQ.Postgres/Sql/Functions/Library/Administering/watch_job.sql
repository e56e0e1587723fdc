-- Somebody waits for a job's end: it will be told. Always 0, done.
CREATE OR REPLACE FUNCTION watch_job(job live) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    UPDATE live SET flags = flags | 16::smallint WHERE handle = job.handle AND flags & 16 = 0;
    UPDATE ended SET flags = flags | 16::smallint WHERE handle = job.handle AND flags & 16 = 0;
    RETURN 0;
END $$;
