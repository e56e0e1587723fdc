-- Groups of jobs whose transactions have committed.

-- name: any
SELECT 1 FROM job_inbox WHERE number > 0 LIMIT 1;

-- name: next
SELECT number, jobs, data FROM job_inbox WHERE number > :after ORDER BY number LIMIT 1;

-- name: delete
DELETE FROM job_inbox WHERE number = :number;

-- name: put-aside
UPDATE job_inbox SET number = -number WHERE number = :number;
