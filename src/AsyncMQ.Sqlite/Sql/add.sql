-- name: insert
-- No row changes when the id is taken; then the caller looks at who has it.
INSERT INTO job (handle, queue, id, state, name, priority, sequence, flags, stamp, added, since, due, expires, ttl, dedup, dedup_ttl, extras, payload, envelope)
VALUES (:handle, :queue, :id, :state, :name, :priority, :handle, :flags, :stamp, :now, :now, :due, :expires, :ttl, :dedup, :dedup_ttl, :extras, :payload, :envelope)
ON CONFLICT (queue, id) DO NOTHING;

-- name: insert-keyed
-- The same for a job with a key.
INSERT INTO job (handle, queue, id, state, name, priority, sequence, flags, stamp, added, since, due, expires, ttl, dedup, dedup_ttl, extras, payload, envelope,
    key, parked, seat)
VALUES (:handle, :queue, :id, :state, :name, :priority, :handle, :flags, :stamp, :now, :now, :due, :expires, :ttl, :dedup, :dedup_ttl, :extras, :payload,
    :envelope, :key, :parked, :seat)
ON CONFLICT (queue, id) DO NOTHING;

-- name: taken
SELECT handle, state, stamp FROM job WHERE queue = :queue AND id = :id;

-- name: tombstone
SELECT stamp, until, state FROM tombstone WHERE queue = :queue AND id = :id;

-- name: delete-tombstone
DELETE FROM tombstone WHERE queue = :queue AND id = :id;
