-- name: any
SELECT 1 FROM effect LIMIT 1;

-- name: first
-- With whether the job's record is still there.
SELECT f.number, f.dependency, f.outcome, f.after, f.after_place, j.handle IS NOT NULL
FROM effect AS f LEFT JOIN job AS j ON j.handle = f.dependency
ORDER BY f.number LIMIT 1;

-- name: outcome
-- Through the whole list, which is short but while a cascade is under way: asked for a dependency that is gone and did not tell everybody yet.
SELECT outcome FROM effect WHERE dependency = :dependency LIMIT 1;

-- name: put-last
UPDATE effect SET number = :new WHERE number = :old;

-- name: advance
UPDATE effect SET after = :after, after_place = :after_place WHERE number = :number;

-- name: delete
DELETE FROM effect WHERE number = :number;

-- name: edges
-- The next edges that an effect is about, also those that it decides nothing of. A row without a policy is one whose link is missing.
SELECT e.dependent, e.place, e.queue, e.id, e.status, l.policy, l.delay, l.run_at, l.flow, l.open
FROM edge AS e INDEXED BY edge_of LEFT JOIN link AS l ON l.handle = e.dependent
WHERE e.dependency = :dependency AND (e.dependent, e.place) > (:after, :after_place)
ORDER BY e.dependent, e.place LIMIT :limit;
