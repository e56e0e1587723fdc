-- name: renew
UPDATE session SET used = :now, lease_until = :now + coalesce(lease, 0), claims_held = :claims_held
WHERE id = :id AND state = 0 RETURNING key, lease, quiet;

-- name: count-claims
SELECT count(*) FROM job INDEXED BY job_active WHERE state = 1 AND session = :session;

-- name: cancellations
SELECT q.name, j.id, j.handle, j.lane, j.step
FROM job AS j INDEXED BY job_cancelled JOIN queue AS q ON q.id = j.queue
WHERE j.cancel = 1 AND j.session = :session ORDER BY j.handle;

-- name: claims
SELECT q.name, j.id, j.handle, j.lane, j.step
FROM job AS j INDEXED BY job_active JOIN queue AS q ON q.id = j.queue
WHERE j.state = 1 AND j.session = :session ORDER BY j.started, j.handle;
