-- name: find
-- A flow by id, if one of its jobs is on record; the row may outlive the last of them for a moment.
SELECT f.number, f.stamp FROM flow AS f
WHERE f.id = :id AND EXISTS (
    SELECT 1 FROM link AS l INDEXED BY link_flow CROSS JOIN job AS j ON j.handle = l.handle WHERE l.flow = f.number);

-- name: add
INSERT OR REPLACE INTO flow (number, id, stamp, added) VALUES (:number, :id, :stamp, :added);

-- name: delete-empty
DELETE FROM flow WHERE number = :number AND NOT EXISTS (SELECT 1 FROM link AS l INDEXED BY link_flow WHERE l.flow = :number);

-- name: by-id
SELECT f.number, f.id, f.added, count(*), sum(j.state < 4), sum(j.state = 4)
FROM flow AS f CROSS JOIN link AS l INDEXED BY link_flow ON l.flow = f.number CROSS JOIN job AS j ON j.handle = l.handle
WHERE f.id = :id GROUP BY f.number;

-- name: latest
SELECT f.number, f.id, f.added, count(*), sum(j.state < 4), sum(j.state = 4)
FROM flow AS f CROSS JOIN link AS l INDEXED BY link_flow ON l.flow = f.number CROSS JOIN job AS j ON j.handle = l.handle
WHERE f.number < :before GROUP BY f.number ORDER BY f.number DESC LIMIT :take;

-- name: jobs
SELECT l.handle, q.name
FROM flow AS f CROSS JOIN link AS l INDEXED BY link_flow ON l.flow = f.number
    CROSS JOIN job AS j ON j.handle = l.handle CROSS JOIN queue AS q ON q.id = j.queue
WHERE f.id = :id AND l.handle > :after ORDER BY l.handle LIMIT :take;
