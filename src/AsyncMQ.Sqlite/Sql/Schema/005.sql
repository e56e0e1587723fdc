-- Layout 1.4: workers and queues as data.

-- What a worker process says of itself, and whether it is quiet. NULL: a process of an earlier minor opened the session, and would not heed it.
ALTER TABLE session ADD COLUMN quiet INTEGER;
ALTER TABLE session ADD COLUMN host TEXT;
ALTER TABLE session ADD COLUMN process INTEGER;
ALTER TABLE session ADD COLUMN version TEXT;
ALTER TABLE session ADD COLUMN concurrency INTEGER;

-- What workers measured, by queue, bucket and name: numbers of AsyncMQ.Storage.JobFigures, seven bits a byte. Rows of a queue that is gone go with their age.
CREATE TABLE metric (
    queue       INTEGER NOT NULL,
    resolution  INTEGER NOT NULL,
    start       INTEGER NOT NULL,
    name        INTEGER NOT NULL,               -- 0: all names that were too many
    figures     BLOB NOT NULL,
    PRIMARY KEY (queue, resolution, start, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX metric_age ON metric (resolution, start);
