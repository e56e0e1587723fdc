-- Begins a step: the others wait until it is committed. The commit itself does not wait for the disk while the lock is held; the caller's next command does
-- that, and only then is anything said to be done.
CREATE OR REPLACE FUNCTION lock_installation() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- What a stricter transaction sees is older than the lock: it would work on what another step has changed since.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'A step must run in a transaction that is READ COMMITTED.' USING ERRCODE = 'AM003';
    END IF;
    -- 'AsMQ', then the number of the table: an oid may be larger than an int.
    PERFORM pg_advisory_xact_lock((1098075473::bigint << 32) | 'meta'::regclass::oid::bigint);
    PERFORM set_config('synchronous_commit', 'off', true);
END $$;
