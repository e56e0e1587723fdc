-- name: by-handle
SELECT handle, queue, id, name, stamp, added, priority, dedup, ttl, state, sequence, flags, since, attempt, stalls, parked, cancel, extras,
       due, expires, started, worker, session, lane, step, dedup_ttl, key, seat
FROM job WHERE handle = :handle;

-- name: find
SELECT handle FROM job WHERE queue = :queue AND id = :id;

-- name: state
SELECT state FROM job WHERE handle = :handle;

-- name: save
UPDATE job SET state = :state, sequence = :sequence, since = :since, attempt = :attempt, stalls = :stalls,
    parked = :parked, cancel = :cancel, extras = :extras, due = :due, expires = :expires
WHERE handle = :handle;

-- name: save-depended
-- The same for a job that others depend on: it names the flags, so that the trigger `job_crossed` sees whether the job ends.
UPDATE job SET state = :state, sequence = :sequence, since = :since, attempt = :attempt, stalls = :stalls,
    parked = :parked, cancel = :cancel, extras = :extras, due = :due, expires = :expires, flags = flags
WHERE handle = :handle;

-- name: save-keyed
-- The same for a job with a key, telling whether the key knows it from now on, and as what. The number in the upper bits of `seat` is cut, lest a damaged
-- one cannot be added to.
UPDATE job SET state = :state, sequence = :sequence, since = :since, attempt = :attempt, stalls = :stalls,
    parked = :parked, cancel = :cancel, extras = :extras, due = :due, expires = :expires, flags = flags,
    seat = iif(:seat = 0, 0, (((seat | 3) + 1) & 1152921504606846972) + :seat)
WHERE handle = :handle;

-- name: set-flags
UPDATE job SET flags = :flags WHERE handle = :handle;

-- name: set-result
UPDATE job SET result = :result WHERE handle = :handle;

-- name: set-error
UPDATE job SET error = :error WHERE handle = :handle;

-- name: set-progress
UPDATE job SET progress = :progress WHERE handle = :handle;

-- name: delete
DELETE FROM job WHERE handle = :handle;

-- name: delete-attempts
DELETE FROM attempt WHERE handle = :handle;

-- name: delete-logs
DELETE FROM log WHERE handle = :handle;

-- name: add-attempt
INSERT INTO attempt (handle, number, outcome, started, ended, worker, error)
VALUES (:handle, :number, :outcome, :started, :ended, :worker, :error);

-- name: trim-attempts
-- Keeps the last 64.
DELETE FROM attempt WHERE handle = :handle
AND id <= (SELECT id FROM attempt WHERE handle = :handle ORDER BY id DESC LIMIT 1 OFFSET 64);

-- name: complete-plain
-- The way almost every job ends. Nothing happens (no row changes) when the claim is not current or the job has something to do at its end:
-- then the caller takes the long way. 11 is Deduplication, Key and Dependents; 8 of `extras`: a transaction of the user's has completed it.
UPDATE job SET state = 4, since = :now, sequence = :sequence, result = :result, extras = extras | :extras
WHERE handle = :handle AND state = 1 AND session = :session AND lane = :lane AND step = :step
  AND queue = :queue AND cancel = 0 AND flags & 11 = 0 AND extras & 8 = 0;

-- name: write-body
INSERT INTO body (id, data) VALUES (:id, :data) ON CONFLICT DO UPDATE SET data = excluded.data;

-- name: read-body
SELECT data FROM body WHERE id = :id;

-- name: delete-body
DELETE FROM body WHERE id BETWEEN :first AND :last;

-- name: add-line
INSERT INTO log (handle, at, attempt, text) VALUES (:handle, :at, :attempt, :text);

-- name: trim-lines
-- Keeps the last lines: no more than so many, and no more than so much text.
DELETE FROM log WHERE id IN (
    SELECT id FROM (
        SELECT id,
            row_number() OVER (ORDER BY id DESC) AS place,
            sum(octet_length(text)) OVER (ORDER BY id DESC) AS bytes
        FROM log WHERE handle = :handle)
    WHERE place > :most_lines OR bytes > :most_bytes);
