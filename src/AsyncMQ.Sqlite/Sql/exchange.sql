-- name: ready
-- The next jobs of a queue, straight from the ready index.
SELECT handle, id, name, priority, flags, attempt, stalls, added, expires, payload, envelope, sequence, since
FROM job INDEXED BY job_ready
WHERE queue = :queue AND state = 0 AND parked = 0 ORDER BY priority, sequence LIMIT :limit;

-- name: parked
-- The next jobs of a queue's lane for one name.
SELECT handle, id, name, priority, flags, attempt, stalls, added, expires, payload, envelope, sequence, since
FROM job INDEXED BY job_parked
WHERE queue = :queue AND name = :name AND parked = 1 ORDER BY priority, sequence LIMIT :limit;

-- name: next-parked-name
SELECT name FROM job INDEXED BY job_parked WHERE queue = :queue AND parked = 1 AND name > :after ORDER BY name LIMIT 1;

-- name: claim
-- A number too large to add to, in a damaged record, must not fail the claims of others. No row changes when a transaction of the user's has completed it.
UPDATE job SET state = 1, attempt = min(attempt, 2147483646) + 1, since = :now, started = :now, worker = :worker,
    session = :session, lane = :lane, step = :step, parked = 0
WHERE handle = :handle AND extras & 8 = 0;

-- name: claimed
-- A claim made before, for a step that is sent again; no row when it is no longer current.
SELECT handle, id, name, priority, flags, attempt - 1, stalls, added, expires, payload, envelope, sequence, NULL, queue
FROM job WHERE handle = :handle AND state = 1 AND session = :session AND lane = :lane AND step = :step;

-- name: due
SELECT handle FROM job INDEXED BY job_delayed WHERE queue = :queue AND state = 2 AND due <= :now ORDER BY due, handle LIMIT :limit;

-- name: next-due
SELECT min(due) FROM job INDEXED BY job_delayed WHERE queue = :queue AND state = 2;

-- name: promote
-- Since when it waits: since it was due, though nobody was there to see it. No row changes when it has a key: then the caller takes the long way.
UPDATE job SET state = 0, sequence = :sequence, since = due, due = NULL WHERE handle = :handle AND key IS NULL RETURNING priority;

-- name: expiring
SELECT handle FROM job INDEXED BY job_expiry
WHERE queue = :queue AND expires IS NOT NULL AND state IN (0, 2) AND expires <= :now ORDER BY expires LIMIT :limit;

-- name: ready-at-all
SELECT 1 FROM job INDEXED BY job_ready WHERE queue = :queue AND state = 0 AND parked = 0 LIMIT 1;
