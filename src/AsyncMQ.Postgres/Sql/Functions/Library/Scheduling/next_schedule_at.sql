-- When the next schedule is due; NULL: none is to come.
CREATE OR REPLACE FUNCTION next_schedule_at() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT next FROM schedule WHERE next IS NOT NULL AND NOT paused AND NOT shut ORDER BY next, key LIMIT 1
$$;
