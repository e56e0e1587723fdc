-- name: oldest
SELECT handle, since, sequence, flags, extras FROM job INDEXED BY job_ended
WHERE queue = :queue AND state = :state AND state >= 4 AND (since, sequence) > (:since, :sequence) AND since < :before
ORDER BY since, sequence LIMIT :limit;

-- name: bury
INSERT INTO tombstone (queue, id, state, stamp, until) VALUES (:queue, :id, :state, :stamp, :until)
ON CONFLICT DO NOTHING;

-- name: delete-tombstones
DELETE FROM tombstone WHERE (queue, id) IN (
    SELECT queue, id FROM tombstone INDEXED BY tombstone_until WHERE until <= :now LIMIT :limit)
RETURNING queue;
