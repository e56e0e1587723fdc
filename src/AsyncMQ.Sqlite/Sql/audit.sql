-- Every statement gives a sentence for each violation, and no row when all is well.

-- name: counts
WITH found AS (
    SELECT queue,
        sum(state = 0) AS waiting, sum(state = 1) AS active, sum(state = 2) AS delayed, sum(state = 3) AS waiting_children,
        sum(state = 4) AS completed, sum(state = 5) AS failed, sum(state = 6) AS expired, sum(state = 7) AS cancelled,
        sum(state = 0 AND priority <> 5) AS prioritized, sum(parked > 0) AS parked
    FROM job GROUP BY queue)
SELECT 'Queue ''' || q.name || ''': counts do not match its jobs. Counted '
    || concat_ws('/', q.waiting, q.active, q.delayed, q.waiting_children, q.completed, q.failed, q.expired, q.cancelled, q.prioritized, q.parked)
    || ', found '
    || concat_ws('/', f.waiting, f.active, f.delayed, f.waiting_children, f.completed, f.failed, f.expired, f.cancelled, f.prioritized, f.parked) || '.'
FROM queue AS q LEFT JOIN found AS f ON f.queue = q.id
WHERE (q.waiting, q.active, q.delayed, q.waiting_children, q.completed, q.failed, q.expired, q.cancelled, q.prioritized, q.parked)
   IS NOT (coalesce(f.waiting, 0), coalesce(f.active, 0), coalesce(f.delayed, 0), coalesce(f.waiting_children, 0), coalesce(f.completed, 0),
           coalesce(f.failed, 0), coalesce(f.expired, 0), coalesce(f.cancelled, 0), coalesce(f.prioritized, 0), coalesce(f.parked, 0));

-- name: tombstones
SELECT 'Queue ''' || name || ''': counted ' || tombstones || ' tombstones, found ' || (SELECT count(*) FROM tombstone WHERE queue = q.id) || '.'
FROM queue AS q WHERE tombstones <> (SELECT count(*) FROM tombstone WHERE queue = q.id);

-- name: next-due
SELECT 'Queue ''' || q.name || ''': a delayed job is due before the time noted for the queue.'
FROM queue AS q
WHERE q.delayed > 0 AND coalesce(q.next_due > (SELECT min(due) FROM job WHERE queue = q.id AND state = 2), 1);

-- name: homeless
SELECT 'Job ' || j.handle || ' (''' || j.id || '''): its queue or its name is not on record.'
FROM job AS j
WHERE NOT EXISTS (SELECT 1 FROM queue WHERE id = j.queue) OR NOT EXISTS (SELECT 1 FROM name WHERE id = j.name);

-- name: states
SELECT 'Job ' || handle || ' (''' || id || '''): state ' || state || ' does not go with its other facts.'
FROM job
WHERE state NOT BETWEEN 0 AND 7
   OR (state = 2) <> (due IS NOT NULL)
   OR (parked > 0 AND state <> 0)
   OR parked NOT BETWEEN 0 AND 3
   OR (cancel = 1 AND state <> 1)
   OR (state = 1 AND (session IS NULL OR lane IS NULL OR step IS NULL OR started IS NULL))
   OR (state = 3 AND (expires IS NOT NULL OR flags & 128 = 0))
   OR (expires IS NOT NULL AND ttl IS NULL);

-- name: claims
SELECT 'Job ' || j.handle || ' (''' || j.id || '''): claimed by a session that is not on record.'
FROM job AS j WHERE j.state = 1 AND NOT EXISTS (SELECT 1 FROM session WHERE key = j.session);

-- name: closed-claims
SELECT 'Job ' || j.handle || ' (''' || j.id || '''): claimed by a session that is closed.'
FROM job AS j JOIN session AS s ON s.key = j.session WHERE j.state = 1 AND s.state = 1;

-- name: numbers
SELECT 'Job ' || handle || ' (''' || id || '''): its number was not given out yet.'
FROM job WHERE max(handle, sequence) >= (SELECT next_number FROM meta);

-- name: side-rows
SELECT 'A row of ' || side.kind || ' belongs to job ' || side.handle || ', which ' || iif(j.handle IS NULL, 'is gone.', 'does not know of it.')
FROM (
    SELECT DISTINCT 'body' AS kind, id / 8 AS handle, 1 AS extra FROM body
    UNION ALL SELECT DISTINCT 'attempt', handle, 2 FROM attempt
    UNION ALL SELECT DISTINCT 'log', handle, 4 FROM log) AS side
LEFT JOIN job AS j ON j.handle = side.handle
WHERE j.handle IS NULL OR j.extras & side.extra = 0;

-- name: bodies
WITH part AS (
    SELECT handle, id, 0 AS part, payload AS length FROM job WHERE typeof(payload) = 'integer'
    UNION ALL SELECT handle, id, 1, envelope FROM job WHERE typeof(envelope) = 'integer'
    UNION ALL SELECT handle, id, 2, result FROM job WHERE typeof(result) = 'integer'
    UNION ALL SELECT handle, id, 3, error FROM job WHERE typeof(error) = 'integer'
    UNION ALL SELECT handle, id, 4, progress FROM job WHERE typeof(progress) = 'integer')
SELECT 'Job ' || p.handle || ' (''' || p.id || '''): long bytes are missing.'
FROM part AS p LEFT JOIN body AS b ON b.id = p.handle * 8 + p.part
WHERE octet_length(b.data) IS NOT p.length;

-- name: deduplication
SELECT 'Deduplication id ''' || d.id || ''': '
    || iif(j.handle IS NULL OR j.state >= 4, 'its owner has ended, and it was not freed.', 'its owner has not ended, and it is marked as free.')
FROM dedup AS d LEFT JOIN job AS j ON j.handle = d.owner
WHERE (d.free_at IS NULL) = (j.handle IS NULL OR j.state >= 4) OR (d.free_at IS NOT NULL AND d.kept IS NOT NULL);

-- name: lanes
SELECT 'Session ' || l.session || ' is gone, and a reply of its lane ' || l.lane || ' is not.'
FROM lane AS l WHERE NOT EXISTS (SELECT 1 FROM session WHERE key = l.session AND state = 0);

-- name: links
-- The link of a job that is gone stays until the effect of its removal is worked off.
SELECT 'Job ' || j.handle || ' (''' || j.id || '''): what it depends on, or its flow, is not on record.'
FROM job AS j WHERE j.flags & 128 AND NOT EXISTS (SELECT 1 FROM link WHERE handle = j.handle)
UNION ALL
SELECT 'Job ' || l.handle || ' (''' || j.id || '''): has a link, and is not flagged so, or is in another queue.'
FROM link AS l JOIN job AS j ON j.handle = l.handle WHERE j.flags & 128 = 0 OR j.queue <> l.queue
UNION ALL
SELECT 'Job ' || l.handle || ' is gone, and its link is not.'
FROM link AS l WHERE NOT EXISTS (SELECT 1 FROM job WHERE handle = l.handle) AND l.handle NOT IN (SELECT dependency FROM effect)
UNION ALL
SELECT DISTINCT 'Job ' || e.dependent || ' has dependencies, and no link.'
FROM edge AS e WHERE NOT EXISTS (SELECT 1 FROM link WHERE handle = e.dependent);

-- name: open-edges
WITH found AS (SELECT dependent, sum(status = 0) AS open FROM edge GROUP BY dependent)
SELECT 'Job ' || l.handle || ': counted ' || l.open || ' open dependencies, found ' || coalesce(f.open, 0) || '.'
FROM link AS l LEFT JOIN found AS f ON f.dependent = l.handle WHERE l.open <> coalesce(f.open, 0);

-- name: waits-for-nothing
-- A job in waiting-children waits for an end, for what is left of an effect, or for a person (policy 2).
SELECT 'Job ' || j.handle || ' (''' || j.id || '''): waits for other jobs, and '
    || iif(l.open > 0, 'is not in the list of those that do.', 'depends on none.')
FROM job AS j JOIN link AS l ON l.handle = j.handle WHERE j.state = 3 AND (l.open <= 0 OR l.waits <> 1)
UNION ALL
SELECT 'Job ' || j.handle || ' (''' || j.id || '''): waits for job ''' || e.id || ''', which will not '
    || iif(d.state = 4, 'tell it that it has completed.', 'end any more.')
FROM job AS j JOIN link AS l ON l.handle = j.handle JOIN edge AS e ON e.dependent = j.handle AND e.status = 0
LEFT JOIN job AS d ON d.handle = e.dependency
WHERE j.state = 3 AND coalesce(d.state >= 4, 1) AND (l.policy <> 2 OR d.state = 4)
  AND coalesce(e.dependency, 0) NOT IN (SELECT dependency FROM effect);

-- name: dependencies
SELECT DISTINCT 'Job ' || d.handle || ' (''' || d.id || '''): others depend on it, and it is not flagged so.'
FROM edge AS e JOIN job AS d ON d.handle = e.dependency WHERE d.flags & 8 = 0;

-- name: effects
SELECT 'Job ' || j.handle || ' (''' || j.id || '''): is in state ' || j.state || ', and those that depend on it are told of state ' || f.outcome || '.'
FROM effect AS f JOIN job AS j ON j.handle = f.dependency WHERE j.state <> f.outcome;

-- name: flows
SELECT 'Flow ''' || f.id || ''': none of its jobs is on record.'
FROM flow AS f WHERE NOT EXISTS (SELECT 1 FROM link AS l INDEXED BY link_flow WHERE l.flow = f.number)
UNION ALL
SELECT 'Flow ''' || id || ''': its number was not given out yet.' FROM flow WHERE number >= (SELECT next_number FROM meta)
UNION ALL
SELECT 'Job ' || l.handle || ' (''' || j.id || '''): its flow is not on record.'
FROM link AS l JOIN job AS j ON j.handle = l.handle WHERE l.flow IS NOT NULL AND NOT EXISTS (SELECT 1 FROM flow WHERE number = l.flow);

-- name: schedules
SELECT 'Schedule ' || s.key || ' (''' || s.id || '''): '
    || CASE
        WHEN q.id IS NULL THEN 'its queue is not on record.'
        WHEN s.shut <> q.closed THEN 'it does not know whether its queue is closed.'
        WHEN s.paused NOT IN (0, 1) THEN 'it is neither paused nor not.'
        ELSE 'its number or its revision was not given out yet.' END
FROM schedule AS s LEFT JOIN queue AS q ON q.id = s.queue
WHERE q.id IS NULL OR s.shut <> q.closed OR s.paused NOT IN (0, 1) OR max(s.key, s.revision) >= (SELECT next_number FROM meta);

-- name: occurrences
SELECT DISTINCT 'An occurrence belongs to schedule ' || o.schedule || ', which is gone.'
FROM occurrence AS o WHERE NOT EXISTS (SELECT 1 FROM schedule WHERE key = o.schedule);

-- name: histories
SELECT 'Schedule ' || schedule || ' keeps ' || count(*) || ' occurrences.' FROM occurrence GROUP BY schedule HAVING count(*) > 50;

-- name: seats
-- What the key knows a job as goes with its state. One that a process of an earlier minor made waiting, or has claimed, may be known as nothing or as a
-- head that is delayed, until somebody sees it.
SELECT 'Job ' || handle || ' (''' || id || '''): its key does not know it as what it is.'
FROM job
WHERE (parked >= 2 AND key IS NULL)
   OR (seat & 3 <> 0 AND key IS NULL)
   OR (seat & 3 = 1) <> (parked >= 2)
   OR (seat & 3 = 2 AND state <> 1)
   OR (seat & 3 = 3 AND state NOT IN (0, 1, 2));

-- name: keyed
WITH found AS (
    SELECT queue, sum(parked >= 2) AS keyed, sum(parked = 3) AS parked FROM (
        SELECT queue, parked FROM job WHERE parked >= 2
        UNION ALL SELECT queue, parked FROM key_left WHERE seat = 1) GROUP BY queue)
SELECT 'Queue ''' || q.name || ''': counted ' || q.keyed || ' waiting jobs with keys, ' || q.keyed_parked || ' of them parked, found '
    || coalesce(f.keyed, 0) || ', ' || coalesce(f.parked, 0) || '.'
FROM queue AS q LEFT JOIN found AS f ON f.queue = q.id
WHERE (q.keyed, q.keyed_parked) <> (coalesce(f.keyed, 0), coalesce(f.parked, 0));

-- name: keys
WITH seated AS (
    SELECT queue, key, seat & 3 AS seat FROM job WHERE seat & 3 IN (1, 2)
    UNION ALL SELECT queue, key, seat FROM key_left WHERE seat IN (1, 2)),
found AS (SELECT queue, key, sum(seat = 1) AS waiting, sum(seat = 2) AS active FROM seated GROUP BY queue, key)
SELECT 'Key ''' || k.key || ''' of queue ' || k.queue || ': counted ' || k.waiting || ' waiting and ' || k.active || ' running jobs, found '
    || coalesce(f.waiting, 0) || ' and ' || coalesce(f.active, 0) || '.'
FROM job_key AS k LEFT JOIN found AS f ON f.queue = k.queue AND f.key = k.key
WHERE (k.waiting, k.active) <> (coalesce(f.waiting, 0), coalesce(f.active, 0))
UNION ALL
SELECT 'Key ''' || f.key || ''' of queue ' || f.queue || ': has jobs, and is not on record.'
FROM found AS f WHERE NOT EXISTS (SELECT 1 FROM job_key AS k WHERE k.queue = f.queue AND k.key = f.key)
UNION ALL
SELECT 'Key ''' || k.key || ''': its queue is not on record, or its number was not given out yet.'
FROM job_key AS k WHERE NOT EXISTS (SELECT 1 FROM queue WHERE id = k.queue) OR k.id >= (SELECT next_number FROM meta);

-- name: lanes-of-keys
WITH found AS (
    SELECT k.id AS key, j.bench, j.priority, count(*) AS count FROM (
        SELECT queue, key, iif(parked = 3, name, 0) AS bench, priority FROM job WHERE parked >= 2
        UNION ALL SELECT queue, key, iif(parked = 3, name, 0), priority FROM key_left WHERE seat = 1) AS j
    JOIN job_key AS k ON k.queue = j.queue AND k.key = j.key GROUP BY k.id, j.bench, j.priority)
SELECT 'Key ' || coalesce(l.key, f.key) || ': counted ' || coalesce(l.count, 0) || ' waiting jobs of priority ' || coalesce(l.priority, f.priority)
    || ' on bench ' || coalesce(l.bench, f.bench) || ', found ' || coalesce(f.count, 0) || '.'
FROM key_lane AS l FULL JOIN found AS f ON f.key = l.key AND f.bench = l.bench AND f.priority = l.priority
WHERE l.count IS NOT f.count
UNION ALL
SELECT 'Key ' || l.key || ' has a lane, and is not on record, or in another queue.'
FROM key_lane AS l WHERE NOT EXISTS (SELECT 1 FROM job_key AS k WHERE k.id = l.key AND k.queue = l.queue);

-- name: heads
-- What a process of an earlier minor did to a head, its key has yet to be told.
SELECT 'Key ''' || k.key || ''': waits for the end of job ' || k.head || ', which '
    || CASE WHEN j.handle IS NULL THEN 'is gone.' WHEN j.state >= 4 THEN 'has ended.' ELSE 'is not where it should be.' END
FROM job_key AS k LEFT JOIN job AS j ON j.handle = k.head
WHERE k.head IS NOT NULL AND NOT EXISTS (SELECT 1 FROM key_left AS f WHERE f.handle = k.head)
  AND (j.handle IS NULL OR j.state >= 4 OR j.key <> k.key OR (k.head_bench IS NOT NULL) <> (j.parked >= 2)
    OR (k.head_bench, k.head_priority) <> (iif(j.parked = 3, j.name, 0), j.priority));

-- name: events
-- One row goes on where the one before has ended, and the last ends where the next event will be.
SELECT 'The journal of events: behind the row of position ' || position || ' comes that of ' || coalesce(following, 'nothing')
FROM (SELECT position, count, lead(position, 1, (SELECT events_next FROM meta)) OVER (ORDER BY position) AS following FROM event_journal)
WHERE position + count <> following;

-- name: inbox
SELECT 'A group of ' || jobs || ' jobs that came with a transaction (number ' || -number || ') could not be taken in, and was put aside.'
FROM job_inbox WHERE number < 0
UNION ALL
SELECT 'A group of jobs that came with a transaction: its number ' || number || ' was not given out yet.'
FROM job_inbox WHERE number >= (SELECT next_number FROM meta);

-- name: completions
SELECT 'Job ' || handle || ' (''' || id || '''): a transaction has completed it, and it has ended otherwise.'
FROM job WHERE extras & 8 AND state >= 4;
