-- When the next schedule is due; NULL: none is to come.
CREATE OR REPLACE FUNCTION next_schedule_at() RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    RETURN NULL;
END $$;
