-- What is written on connections of the user's. Of `main`, lest it finds a file that he has attached: a commit over two files is not atomic.

-- name: next-number
-- No row: another installation. It also takes the writer's lock, before anything is read.
UPDATE main.meta SET next_number = next_number + 1 WHERE one = 1 AND installation = :installation RETURNING next_number - 1;

-- name: defer
INSERT INTO main.job_inbox (number, jobs, data) VALUES (:number, :jobs, :data);

-- name: complete
-- No row changes when the claim is not current, or the job is completed already: `within/why` tells.
UPDATE main.job SET result = :result, extras = extras | 8 | :extras
WHERE handle = :handle AND state = 1 AND lane = :lane AND step = :step AND extras & 8 = 0
  AND session = (SELECT key FROM main.session WHERE id = :session AND state = 0)
  AND queue = (SELECT id FROM main.queue WHERE name = :queue)
  AND (SELECT installation FROM main.meta WHERE one = 1) = :installation
  AND NOT EXISTS (SELECT 1 FROM main.session WHERE state = 0 AND lease IS NOT NULL AND layout IS NULL);

-- name: why
-- Whether this is another installation, whether a worker of an earlier minor lives, and whether the job is completed inside a transaction.
SELECT (SELECT installation FROM main.meta WHERE one = 1) IS NOT :installation,
    EXISTS (SELECT 1 FROM main.session WHERE state = 0 AND lease IS NOT NULL AND layout IS NULL),
    EXISTS (SELECT 1 FROM main.job AS j JOIN main.queue AS q ON q.id = j.queue
        WHERE j.handle = :handle AND q.name = :queue AND (j.extras & 8 OR (j.extras & 16 AND j.state = 4)));

-- name: write-body
INSERT INTO main.body (id, data) VALUES (:id, :data) ON CONFLICT DO UPDATE SET data = excluded.data;
