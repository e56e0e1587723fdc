-- Jobs that depend on others: `link` and `edge`.

-- name: add
INSERT INTO link (handle, queue, open, waits, policy, delay, run_at, flow)
VALUES (:handle, :queue, :open, :waits, :policy, :delay, :run_at, :flow);

-- name: add-edge
INSERT INTO edge (dependent, place, dependency, queue, id, status) VALUES (:dependent, :place, :dependency, :queue, :id, :status);

-- name: dependency
-- A job that another one to be added depends on.
SELECT handle, state, flags FROM job WHERE queue = :queue AND id = :id;

-- name: mark
-- Others depend on it.
UPDATE job SET flags = flags | 8 WHERE handle = :handle;

-- name: find
SELECT policy, delay, run_at, flow, open FROM link WHERE handle = :handle;

-- name: edges
-- With the state that the dependency has now, by its handle; NULL when its record is gone.
SELECT e.place, e.dependency, e.queue, e.id, e.status, j.state
FROM edge AS e LEFT JOIN job AS j ON j.handle = e.dependency
WHERE e.dependent = :dependent ORDER BY e.place;

-- name: set-status
UPDATE edge SET status = :status WHERE dependent = :dependent AND place = :place;

-- name: count-down
-- One edge less is open, and others still are. No row changes when it was the last: then comes `close`.
UPDATE link SET open = open - 1 WHERE handle = :handle AND open > 1;

-- name: close
UPDATE link SET open = 0, waits = 0 WHERE handle = :handle;

-- name: set-open
UPDATE link SET open = :open WHERE handle = :handle;

-- name: set-waits
-- No write when it is so already.
UPDATE link SET waits = :waits WHERE handle = :handle AND waits <> :waits;

-- name: delete
DELETE FROM link WHERE handle = :handle;

-- name: delete-edges
DELETE FROM edge WHERE dependent = :dependent;

-- name: dependents
-- Those of one job, latest first, from a place on, with their states.
SELECT e.dependent, j.state
FROM edge AS e INDEXED BY edge_of LEFT JOIN job AS j ON j.handle = e.dependent
WHERE e.dependency = :dependency AND e.dependent <= :from ORDER BY e.dependent DESC;
