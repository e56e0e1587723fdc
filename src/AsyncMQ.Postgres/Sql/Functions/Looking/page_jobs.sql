-- One page of one state of a queue: see page_handles. Asked for one more than wanted, it tells whether there is more.
CREATE OR REPLACE FUNCTION page_jobs(
    p_queue text, p_state smallint, p_take int, p_skip int, p_reverse bool, p_priority int, p_time timestamptz, p_sequence bigint, p_parts int)
RETURNS SETOF job_record LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT r.* FROM queue AS q
        CROSS JOIN LATERAL records_of(page_handles(q.id, p_state, p_take, p_skip, p_reverse, p_priority, p_time, p_sequence), p_parts) AS r
        WHERE q.name = p_queue;
END $$;
