-- Opens a session. False: one of this id has ended.
CREATE OR REPLACE FUNCTION open_session(
    p_id uuid, p_lease interval, p_quiet bool, p_names text[], p_queues text[], p_name bytea, p_host bytea, p_process_id int, p_version bytea, p_concurrency int)
RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    c step_context;
    kept session;
BEGIN
    c := begin_unnamed();
    SELECT * INTO kept FROM session WHERE id = p_id;
    IF FOUND THEN
        RETURN kept.ended IS NULL;
    END IF;

    INSERT INTO session (key, id, lease, opened, seen, quiet, quiet_first, names, queues, wide, worker, host, process_id, version, concurrency)
    VALUES (nextval('number'), p_id, p_lease, c.at, c.at, p_quiet, p_quiet, p_names, p_queues, cardinality(p_queues) > 64, worker_of(p_name), p_host, p_process_id, p_version, p_concurrency)
    RETURNING * INTO kept;
    IF kept.wide THEN
        INSERT INTO session_queue (session, queue) SELECT DISTINCT kept.key, name FROM unnest(p_queues) AS n(name);
    END IF;
    IF p_lease IS NOT NULL THEN
        PERFORM note_renewal(p_lease, c.at);
        PERFORM tell_worker(c, 524288, kept, false);
    END IF;
    RETURN true;
END $$;
