-- All live sessions with a lease, in order of opening.
CREATE OR REPLACE FUNCTION list_sessions()
RETURNS TABLE (id uuid, lease interval, opened timestamptz, seen timestamptz, quiet bool, names text[], queues text[], name bytea, host bytea, process_id int,
    version bytea, concurrency int, claims bigint,
    quiet_first bool) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT s.id, s.lease, s.opened, s.seen, s.quiet, s.names, s.queues, (SELECT w.name FROM worker AS w WHERE w.id = s.worker), s.host, s.process_id, s.version,
            s.concurrency, (SELECT count(*) FROM live WHERE live.state = 1 AND live.session = s.key AND live.started >= s.claims_from), s.quiet_first
        FROM session AS s WHERE s.ended IS NULL AND s.lease IS NOT NULL ORDER BY s.key;
END $$;
