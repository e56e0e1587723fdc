-- name: by-id
SELECT key, state, name, lease, used, names, queues, quiet FROM session WHERE id = :id;

-- name: open
INSERT INTO session (id, name, lease, opened, used, lease_until, names, queues, quiet, host, process, version, concurrency, layout)
VALUES (:id, :name, :lease, :now, :now, :lease_until, :names, :queues, :quiet, :host, :process, :version, :concurrency, :layout);

-- name: set-quiet
UPDATE session SET quiet = :quiet WHERE key = :key;

-- name: end
UPDATE session SET state = :state WHERE key = :key;

-- name: delete-lanes
DELETE FROM lane WHERE session = :session;

-- name: set-used
UPDATE session SET used = :now WHERE key = :key;

-- name: read-lane
SELECT step FROM lane WHERE session = :session AND lane = :lane;

-- name: read-reply
SELECT reply FROM lane WHERE session = :session AND lane = :lane;

-- name: set-lane
INSERT INTO lane (session, lane, step, reply) VALUES (:session, :lane, :step, :reply)
ON CONFLICT DO UPDATE SET step = excluded.step, reply = excluded.reply;

-- name: claims
-- Those of one instant: by the order of claims, where keys take turns.
SELECT handle FROM job INDEXED BY job_active WHERE state = 1 AND session = :session ORDER BY started, seat, handle LIMIT :limit;

-- name: past-lease
SELECT id FROM session INDEXED BY session_alive WHERE state = 0 AND lease IS NOT NULL AND lease_until < :now ORDER BY lease_until;

-- name: last-lease
-- The lease of the session that was renewed last, of those alive.
SELECT lease FROM session INDEXED BY session_alive WHERE state = 0 AND lease IS NOT NULL ORDER BY used DESC, key DESC LIMIT 1;

-- name: dead-with-claims
-- Dead sessions that still have claims. Every active job is in the small index, grouped by session.
SELECT DISTINCT j.session FROM job AS j INDEXED BY job_active
JOIN session AS s ON s.key = j.session
WHERE j.state = 1 AND s.state <> 0;

-- name: unused
SELECT id FROM session INDEXED BY session_alive WHERE state = 0 AND lease IS NULL AND used < :before LIMIT :limit;

-- name: delete-old
-- Ended long ago, without claims: nobody will ask for it again.
DELETE FROM session WHERE key IN (
    SELECT s.key FROM session AS s
    WHERE s.state <> 0 AND s.used < :before AND s.lease_until < :before
      AND NOT EXISTS (SELECT 1 FROM job AS j INDEXED BY job_active WHERE j.state = 1 AND j.session = s.key)
    LIMIT :limit);

-- name: id
SELECT id FROM session WHERE key = :key;
