-- name: begin-reading
BEGIN DEFERRED;

-- name: begin-writing
-- Always IMMEDIATE: a transaction that reads first and writes later may find its view outdated, and could only start over.
BEGIN IMMEDIATE;

-- name: commit
COMMIT;

-- name: data-version
PRAGMA data_version;

-- name: meta
SELECT clock_offset, next_number, last_renewal, recover_from, events_until, events_next FROM meta WHERE one = 1;

-- name: installation
SELECT installation FROM meta WHERE one = 1;

-- name: set-next-number
UPDATE meta SET next_number = :next WHERE one = 1;

-- name: set-clock-offset
UPDATE meta SET clock_offset = :offset WHERE one = 1;

-- name: set-renewal
UPDATE meta SET last_renewal = :now, recover_from = :recover_from WHERE one = 1;
