-- name: job
SELECT j.handle, j.id, n.text, j.state, j.priority, j.sequence, j.flags, j.added, j.since, j.due, j.expires, j.started, j.attempt, j.stalls,
       w.text, j.cancel, j.parked, j.dedup, j.extras, j.envelope, j.error, j.progress, j.payload, j.result, j.key
FROM job AS j LEFT JOIN name AS n ON n.id = j.name LEFT JOIN name AS w ON w.id = j.worker
WHERE j.handle = :handle;

-- name: attempts
SELECT a.number, a.outcome, a.started, a.ended, w.text, a.error
FROM attempt AS a LEFT JOIN name AS w ON w.id = a.worker
WHERE a.handle = :handle ORDER BY a.id;

-- name: logs
SELECT at, attempt, text FROM log WHERE handle = :handle ORDER BY id;

-- name: page-waiting
SELECT handle, priority, sequence FROM job INDEXED BY job_ready
WHERE queue = :queue AND state = 0 AND parked = :parked AND (priority, sequence) > (:rank, :tie)
ORDER BY priority, sequence LIMIT :limit OFFSET :skip;

-- name: page-waiting-back
SELECT handle, priority, sequence FROM job INDEXED BY job_ready
WHERE queue = :queue AND state = 0 AND parked = :parked AND (priority, sequence) < (:rank, :tie)
ORDER BY priority DESC, sequence DESC LIMIT :limit OFFSET :skip;

-- name: page-delayed
SELECT handle, due, handle FROM job INDEXED BY job_delayed
WHERE queue = :queue AND state = 2 AND (due, handle) > (:rank, :tie)
ORDER BY due, handle LIMIT :limit OFFSET :skip;

-- name: page-delayed-back
SELECT handle, due, handle FROM job INDEXED BY job_delayed
WHERE queue = :queue AND state = 2 AND (due, handle) < (:rank, :tie)
ORDER BY due DESC, handle DESC LIMIT :limit OFFSET :skip;

-- name: page-active
-- All active jobs of all queues are in one small index, bounded by what the workers can hold.
SELECT handle, started, handle FROM job INDEXED BY job_active
WHERE queue = :queue AND state = 1 AND (started, handle) > (:rank, :tie)
ORDER BY started, handle LIMIT :limit OFFSET :skip;

-- name: page-active-back
SELECT handle, started, handle FROM job INDEXED BY job_active
WHERE queue = :queue AND state = 1 AND (started, handle) < (:rank, :tie)
ORDER BY started DESC, handle DESC LIMIT :limit OFFSET :skip;

-- name: page-ended
-- Latest first: rank and tie are negated, so that keys grow along the order.
SELECT handle, -since, -sequence FROM job INDEXED BY job_ended
WHERE queue = :queue AND state = :state AND state >= 4 AND (since, sequence) < (-:rank, -:tie)
ORDER BY since DESC, sequence DESC LIMIT :limit OFFSET :skip;

-- name: page-ended-back
SELECT handle, -since, -sequence FROM job INDEXED BY job_ended
WHERE queue = :queue AND state = :state AND state >= 4 AND (since, sequence) > (-:rank, -:tie)
ORDER BY since, sequence LIMIT :limit OFFSET :skip;

-- name: page-waiting-children
-- By add order, which is that of the handles: the cursor's rank says nothing. A link whose job is elsewhere is passed over.
SELECT j.handle, 0, j.handle FROM link AS l INDEXED BY link_waiting CROSS JOIN job AS j ON j.handle = l.handle
WHERE l.queue = :queue AND l.waits = 1 AND :rank IS NOT NULL AND l.handle > :tie AND j.state = 3
ORDER BY l.handle LIMIT :limit OFFSET :skip;

-- name: page-waiting-children-back
SELECT j.handle, 0, j.handle FROM link AS l INDEXED BY link_waiting CROSS JOIN job AS j ON j.handle = l.handle
WHERE l.queue = :queue AND l.waits = 1 AND :rank IS NOT NULL AND l.handle < :tie AND j.state = 3
ORDER BY l.handle DESC LIMIT :limit OFFSET :skip;

-- name: link
SELECT l.policy, f.id FROM link AS l LEFT JOIN flow AS f ON f.number = l.flow WHERE l.handle = :handle;

-- name: edges
SELECT n.text, e.id, e.status FROM edge AS e LEFT JOIN name AS n ON n.id = e.queue WHERE e.dependent = :dependent ORDER BY e.place;

-- name: next-waiting
-- The first of those that are not parked, of those that are, and of those with a key, and of these the first.
SELECT since FROM (
    SELECT * FROM (SELECT since, priority, sequence FROM job INDEXED BY job_ready
        WHERE queue = :queue AND state = 0 AND parked = 0 ORDER BY priority, sequence LIMIT 1)
    UNION ALL SELECT * FROM (SELECT since, priority, sequence FROM job INDEXED BY job_ready
        WHERE queue = :queue AND state = 0 AND parked = 1 ORDER BY priority, sequence LIMIT 1)
    UNION ALL SELECT * FROM (SELECT since, priority, sequence FROM job INDEXED BY job_ready
        WHERE queue = :queue AND state = 0 AND parked = 2 ORDER BY priority, sequence LIMIT 1)
    UNION ALL SELECT * FROM (SELECT since, priority, sequence FROM job INDEXED BY job_ready
        WHERE queue = :queue AND state = 0 AND parked = 3 ORDER BY priority, sequence LIMIT 1))
ORDER BY priority, sequence LIMIT 1;

-- name: sessions
SELECT s.id, s.name, s.lease, s.opened, s.lease_until, s.names, s.queues,
       (SELECT count(*) FROM job AS j INDEXED BY job_active WHERE j.state = 1 AND j.session = s.key),
       s.used, s.quiet, s.host, s.process, s.version, s.concurrency
FROM session AS s INDEXED BY session_alive WHERE s.state = 0 AND s.lease IS NOT NULL ORDER BY s.key;

-- name: session-key
SELECT key FROM session WHERE id = :id AND state = 0;
