-- Begins a step: the others wait until it is committed. The commit itself does not wait for the disk while the lock is held; the caller's next command does
-- that, and only then is anything said to be done.
CREATE OR REPLACE FUNCTION lock_installation() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1098075473, 'meta'::regclass::oid::int);  -- 'AsMQ'
    PERFORM set_config('synchronous_commit', 'off', true);
END $$;
