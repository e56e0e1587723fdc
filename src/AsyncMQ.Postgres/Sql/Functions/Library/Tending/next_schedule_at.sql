-- When the next schedule is due; NULL: none is to come. A time from which others can be subtracted, whatever was given.
CREATE OR REPLACE FUNCTION next_schedule_at() RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT least(next, '9999-12-31 23:59:59.999999+00') FROM schedule WHERE next IS NOT NULL AND NOT paused AND NOT shut ORDER BY next, key LIMIT 1);
END $$;
