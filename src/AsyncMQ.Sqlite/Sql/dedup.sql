-- name: find
-- The owner's state is that of the very record, by its handle: a later job of the same id is another.
SELECT d.key, d.owner, d.owner_id, d.window_ends, d.kept IS NOT NULL, j.state
FROM dedup AS d LEFT JOIN job AS j ON j.handle = d.owner
WHERE d.queue = :queue AND d.id = :id;

-- name: own
-- A kept add of the old record stays with the record.
INSERT INTO dedup (queue, id, owner, owner_id, window_ends) VALUES (:queue, :id, :owner, :owner_id, :window_ends)
ON CONFLICT (queue, id) DO UPDATE SET owner = excluded.owner, owner_id = excluded.owner_id, window_ends = excluded.window_ends, free_at = NULL;

-- name: set-window
UPDATE dedup SET window_ends = :window_ends, free_at = CASE WHEN free_at IS NULL THEN NULL ELSE :window_ends END WHERE key = :key;

-- name: set-kept
UPDATE dedup SET kept = :kept WHERE key = :key;

-- name: drop-kept
UPDATE dedup SET kept = NULL WHERE key = :key;

-- name: read-kept
SELECT kept FROM dedup WHERE key = :key;

-- name: set-free-at
UPDATE dedup SET free_at = :free_at WHERE key = :key;

-- name: delete
DELETE FROM dedup WHERE key = :key;

-- name: delete-free
DELETE FROM dedup WHERE key IN (SELECT key FROM dedup INDEXED BY dedup_free WHERE free_at <= :now AND free_at IS NOT NULL LIMIT :limit);
