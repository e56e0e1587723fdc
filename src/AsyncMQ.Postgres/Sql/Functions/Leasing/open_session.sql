-- Opens a session. False: one of this id has ended.
CREATE OR REPLACE FUNCTION open_session(
    p_id uuid, p_lease interval, p_quiet bool, p_names text[], p_queues text[], p_name text, p_host text, p_process_id int, p_version text, p_concurrency int)
RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
    is_ended bool;
BEGIN
    PERFORM lock_installation();
    SELECT ended IS NOT NULL INTO is_ended FROM session WHERE id = p_id;
    IF FOUND THEN
        RETURN NOT is_ended;
    END IF;

    at := store_time();
    INSERT INTO session (key, id, lease, opened, seen, quiet, names, queues, name, host, process_id, version, concurrency)
    VALUES (nextval('number'), p_id, p_lease, at, at, p_quiet, p_names, p_queues, p_name, p_host, p_process_id, p_version, p_concurrency);
    IF p_lease IS NOT NULL THEN
        PERFORM note_renewal(p_lease, at);
    END IF;
    RETURN true;
END $$;
