-- name: by-name
SELECT id, name, waiting, active, delayed, waiting_children, completed, failed, expired, cancelled, prioritized, parked, tombstones, next_due,
       closed, paused_at, paused_until, paused_by, paused_why, has_retention, retain_age, retain_count, retain_failed_age, retain_failed_count,
       recent_ends, keyed, keyed_parked, limits, held_until, permits, EXISTS (SELECT 1 FROM key_left WHERE queue = queue.id)
FROM queue WHERE name = :name;

-- name: by-id
SELECT id, name, waiting, active, delayed, waiting_children, completed, failed, expired, cancelled, prioritized, parked, tombstones, next_due,
       closed, paused_at, paused_until, paused_by, paused_why, has_retention, retain_age, retain_count, retain_failed_age, retain_failed_count,
       recent_ends, keyed, keyed_parked, limits, held_until, permits, EXISTS (SELECT 1 FROM key_left WHERE queue = queue.id)
FROM queue WHERE id = :id;

-- name: all
SELECT id, name, waiting, active, delayed, waiting_children, completed, failed, expired, cancelled, prioritized, parked, tombstones, next_due,
       closed, paused_at, paused_until, paused_by, paused_why, has_retention, retain_age, retain_count, retain_failed_age, retain_failed_count,
       recent_ends, keyed, keyed_parked, limits, held_until, permits, EXISTS (SELECT 1 FROM key_left WHERE queue = queue.id)
FROM queue;

-- name: add
INSERT INTO queue (name) VALUES (:name);

-- name: set-counts
UPDATE queue SET
    waiting = :waiting, active = :active, delayed = :delayed, waiting_children = :waiting_children,
    completed = :completed, failed = :failed, expired = :expired, cancelled = :cancelled,
    prioritized = :prioritized, parked = :parked, tombstones = :tombstones, next_due = :next_due, recent_ends = :recent_ends
WHERE id = :id;

-- name: set-settings
UPDATE queue SET
    closed = :closed, paused_at = :paused_at, paused_until = :paused_until, paused_by = :paused_by, paused_why = :paused_why,
    has_retention = :has_retention, retain_age = :retain_age, retain_count = :retain_count,
    retain_failed_age = :retain_failed_age, retain_failed_count = :retain_failed_count
WHERE id = :id;

-- name: set-limits
UPDATE queue SET keyed = :keyed, keyed_parked = :keyed_parked, limits = :limits, held_until = :held_until, permits = :permits WHERE id = :id;

-- name: delete
DELETE FROM queue WHERE id = :id;

-- name: delete-tombstones
DELETE FROM tombstone WHERE (queue, id) IN (SELECT queue, id FROM tombstone WHERE queue = :queue LIMIT :limit);

-- name: delete-deduplication
DELETE FROM dedup WHERE key IN (SELECT key FROM dedup WHERE queue = :queue LIMIT :limit);

-- name: ready
-- Queues with waiting jobs, from a place on: the ready index.
SELECT id FROM queue INDEXED BY queue_ready WHERE waiting > 0 AND closed = 0 AND id > :after ORDER BY id LIMIT :limit;

-- name: due
SELECT id FROM queue INDEXED BY queue_due WHERE next_due <= :now AND closed = 0 ORDER BY next_due LIMIT :limit;

-- name: to-maintain
SELECT id FROM queue
WHERE id > :after AND waiting + delayed + completed + failed + expired + cancelled > 0
ORDER BY id LIMIT :limit;
