-- name: subscribers
SELECT interests FROM event_subscriber WHERE until > :now;

-- name: until
SELECT until FROM event_subscriber WHERE id = :id;

-- name: subscribe
INSERT INTO event_subscriber (id, until, interests) VALUES (:id, :until, :interests)
ON CONFLICT DO UPDATE SET until = excluded.until, interests = excluded.interests;

-- name: unsubscribe
DELETE FROM event_subscriber WHERE id = :id;

-- name: last-until
SELECT max(until) FROM event_subscriber;

-- name: set-until
UPDATE meta SET events_until = :until WHERE one = 1;

-- name: write
INSERT INTO event_journal (position, count, data) VALUES (:position, :count, :data);

-- name: set-next
UPDATE meta SET events_next = :next WHERE one = 1;

-- name: trim
-- The second condition bounds the walk, the first keeps the row that reaches over the mark.
DELETE FROM event_journal WHERE position + count <= :before AND position < :before;

-- name: read
-- From the row that holds the position, or the first behind it.
SELECT position, count, data FROM event_journal
WHERE position >= coalesce((SELECT max(position) FROM event_journal WHERE position <= :position), 0)
ORDER BY position;

-- name: next
SELECT events_next FROM meta WHERE one = 1;

-- name: forget-late
DELETE FROM event_subscriber WHERE until <= :now;

-- name: clear
DELETE FROM event_journal WHERE position IN (SELECT position FROM event_journal ORDER BY position LIMIT :limit);
