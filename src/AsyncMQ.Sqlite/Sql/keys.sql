-- Keys, their lanes and their turns.

-- name: find
SELECT id, key, waiting, active, own, permits, held_until, head, head_bench, head_priority, look_at, to_open
FROM job_key WHERE queue = :queue AND place = :place;

-- name: behind
-- In ordinal order.
SELECT id, key, waiting, active, own, permits, held_until, head, head_bench, head_priority, look_at, to_open
FROM job_key WHERE queue = :queue AND place > :place ORDER BY place;

-- name: head-id
SELECT id FROM job WHERE handle = :handle;

-- name: write
INSERT INTO job_key (id, queue, key, place, waiting, active, own, permits, held_until, head, head_bench, head_priority, look_at, to_open)
VALUES (:id, :queue, :key, :place, :waiting, :active, :own, :permits, :held_until, :head, :head_bench, :head_priority, :look_at, :to_open);

-- name: save
UPDATE job_key SET waiting = :waiting, active = :active, own = :own, permits = :permits, held_until = :held_until,
    head = :head, head_bench = :head_bench, head_priority = :head_priority, look_at = :look_at, to_open = :to_open
WHERE id = :id;

-- name: count
-- As `save`, of what changes with each job: the indexes are left alone.
UPDATE job_key SET waiting = :waiting, active = :active WHERE id = :id;

-- name: delete
DELETE FROM job_key WHERE id = :id;

-- name: lanes
SELECT bench, priority, count, turn FROM key_lane WHERE key = :key ORDER BY bench, priority;

-- name: write-lane
INSERT INTO key_lane (key, bench, priority, queue, count, turn) VALUES (:key, :bench, :priority, :queue, :count, :turn)
ON CONFLICT DO UPDATE SET count = excluded.count, turn = excluded.turn;

-- name: save-lane
UPDATE key_lane SET count = :count, turn = :turn WHERE key = :key AND bench = :bench AND priority = :priority;

-- name: count-lane
UPDATE key_lane SET count = :count WHERE key = :key AND bench = :bench AND priority = :priority;

-- name: delete-lane
DELETE FROM key_lane WHERE key = :key AND bench = :bench AND priority = :priority;

-- name: turn
-- The lane of a bench whose turn it is.
SELECT k.key, l.priority, l.turn, k.head
FROM key_lane AS l INDEXED BY key_lane_turn CROSS JOIN job_key AS k ON k.id = l.key
WHERE l.queue = :queue AND l.bench = :bench AND l.turn IS NOT NULL ORDER BY l.priority, l.turn LIMIT 1;

-- name: turns
-- The lanes of those that are not parked in their turns, each with the job that it gives next.
SELECT j.handle, j.id, j.name, j.priority, j.flags, j.attempt, j.stalls, j.added, j.expires, j.payload, j.envelope, j.sequence, j.since,
       k.key, l.turn
FROM key_lane AS l INDEXED BY key_lane_turn CROSS JOIN job_key AS k ON k.id = l.key CROSS JOIN job AS j ON j.handle = coalesce(k.head, (
    SELECT f.handle FROM job AS f INDEXED BY job_keyed
    WHERE f.queue = l.queue AND f.key = k.key AND iif(f.parked = 3, f.name, 0) = 0 AND f.priority = l.priority AND f.parked >= 2 ORDER BY f.sequence LIMIT 1))
WHERE l.queue = :queue AND l.bench = 0 AND l.turn IS NOT NULL AND j.state = 0 ORDER BY l.priority, l.turn LIMIT :limit;

-- name: next-bench
-- The benches of parked jobs that may be claimed, one by one.
SELECT bench FROM key_lane INDEXED BY key_lane_turn WHERE queue = :queue AND turn IS NOT NULL AND bench > :after ORDER BY bench LIMIT 1;

-- name: first-job
SELECT handle, id, name, priority, flags, attempt, stalls, added, expires, payload, envelope, sequence, since
FROM job INDEXED BY job_keyed
WHERE queue = :queue AND key = :key AND iif(parked = 3, name, 0) = :bench AND priority = :priority AND parked >= 2 ORDER BY sequence LIMIT 1;

-- name: job
SELECT handle, id, name, priority, flags, attempt, stalls, added, expires, payload, envelope, sequence, since
FROM job WHERE handle = :handle AND state = 0;

-- name: claim
UPDATE job SET state = 1, attempt = min(attempt, 2147483646) + 1, since = :now, started = :now, worker = :worker,
    session = :session, lane = :lane, step = :step, parked = 0, seat = :seat
WHERE handle = :handle AND extras & 8 = 0;

-- name: complete
-- As `jobs/complete-plain`, for a job that has a key and nothing else to do at its end, with a short result.
UPDATE job SET state = 4, since = :now, sequence = :sequence, result = :result, seat = 0
WHERE handle = :handle AND state = 1 AND session = :session AND lane = :lane AND step = :step
  AND queue = :queue AND cancel = 0 AND flags & 9 = 0 AND extras & 8 = 0 AND seat & 3 = 2
RETURNING key;

-- name: to-open
SELECT key FROM job_key INDEXED BY job_key_to_open WHERE queue = :queue AND to_open = 1 AND look_at <= :now ORDER BY look_at;

-- name: next-opening
SELECT min(look_at) FROM job_key INDEXED BY job_key_to_open WHERE queue = :queue AND to_open = 1;

-- name: to-forget
SELECT queue, key FROM job_key INDEXED BY job_key_to_forget WHERE to_open = 0 AND look_at IS NOT NULL AND look_at <= :now ORDER BY look_at LIMIT :limit;

-- name: delete-of-queue
DELETE FROM job_key WHERE id IN (SELECT id FROM job_key WHERE queue = :queue LIMIT :limit);

-- name: next-queue
-- The queues that have keys, one by one.
SELECT queue FROM job_key INDEXED BY job_key_place WHERE queue > :after ORDER BY queue LIMIT 1;

-- name: plain-turns
SELECT priority, turn FROM plain_turn WHERE queue = :queue;

-- name: set-plain-turn
INSERT INTO plain_turn (queue, priority, turn) VALUES (:queue, :priority, :turn) ON CONFLICT DO UPDATE SET turn = excluded.turn;

-- name: plain-of-priority
-- Jobs of a priority that wait without a key: one, or more.
SELECT handle FROM job INDEXED BY job_ready WHERE queue = :queue AND state = 0 AND parked = :parked AND priority = :priority LIMIT 2;

-- name: left
SELECT key, handle, seat, parked, name, priority FROM key_left WHERE queue = :queue ORDER BY number;

-- name: delete-left
DELETE FROM key_left WHERE queue = :queue;

-- name: unseat
UPDATE job SET seat = 0 WHERE handle = :handle;

-- name: limited-queues
-- For the clock when it is put back.
SELECT id FROM queue WHERE permits IS NOT NULL;
