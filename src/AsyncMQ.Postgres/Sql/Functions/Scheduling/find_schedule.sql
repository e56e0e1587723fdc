-- A schedule by name; no row: there is none.
CREATE OR REPLACE FUNCTION find_schedule(p_queue text, p_id text) RETURNS SETOF schedule_record LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT * FROM schedule_records(schedule_of(p_queue, p_id));
END $$;
