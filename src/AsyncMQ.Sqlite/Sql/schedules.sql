-- name: find
SELECT key, revision, next, paused, runs, fired, last_job FROM schedule WHERE queue = :queue AND id = :id;

-- name: add
INSERT INTO schedule (key, queue, id, revision, next, paused, created, definition)
VALUES (:key, :queue, :id, :revision, :next, :paused, :now, :definition);

-- name: save
UPDATE schedule SET revision = :revision, next = :next, paused = :paused, shut = :shut, runs = :runs, fired = :fired, last_job = :last_job
WHERE key = :key;

-- name: set-definition
UPDATE schedule SET definition = :definition WHERE key = :key;

-- name: delete
DELETE FROM schedule WHERE key = :key;

-- name: delete-of-queue
DELETE FROM schedule WHERE key IN (SELECT key FROM schedule WHERE queue = :queue LIMIT :limit);

-- name: note
INSERT INTO occurrence (schedule, number, due, at, outcome, job) VALUES (:schedule, :number, :due, :now, :outcome, :job);

-- name: trim
-- Keeps the last so many.
DELETE FROM occurrence WHERE schedule = :schedule
AND number <= (SELECT number FROM occurrence WHERE schedule = :schedule ORDER BY number DESC LIMIT 1 OFFSET :kept);

-- name: record
SELECT id, revision, next, paused, runs, created, fired, last_job, definition FROM schedule WHERE queue = :queue AND id = :id;

-- name: ids
SELECT id FROM schedule WHERE queue = :queue;

-- name: due
-- Those that will fire, whether their time has come or not: the reader stops where it has seen enough.
SELECT s.id, s.revision, s.next, s.paused, s.runs, s.created, s.fired, s.last_job, s.definition, q.name
FROM schedule AS s INDEXED BY schedule_due CROSS JOIN queue AS q ON q.id = s.queue
WHERE s.next IS NOT NULL AND s.paused = 0 AND s.shut = 0 ORDER BY s.next, s.key;

-- name: next-due
SELECT next FROM schedule INDEXED BY schedule_due WHERE next IS NOT NULL AND paused = 0 AND shut = 0 ORDER BY next LIMIT 1;

-- name: occurrences
SELECT o.due, o.at, o.outcome, o.job
FROM schedule AS s JOIN occurrence AS o ON o.schedule = s.key
WHERE s.queue = :queue AND s.id = :id ORDER BY o.number DESC LIMIT :take;
