-- Layout 1.4: events, and workers and queues as data.

-- Until when somebody subscribes, unless renewed: with the time of the step this is all that a transaction compares while nobody does. And the position of
-- the next event.
ALTER TABLE meta ADD COLUMN events_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN events_next INTEGER NOT NULL DEFAULT 0;

-- A process that subscribes.
CREATE TABLE event_subscriber (
    id         BLOB PRIMARY KEY,
    until      INTEGER NOT NULL,
    interests  BLOB NOT NULL                    -- see EventCodec
) STRICT, WITHOUT ROWID;

-- The latest events, those of one transaction in one row: positions count on within it.
CREATE TABLE event_journal (
    position  INTEGER PRIMARY KEY,              -- of the first
    count     INTEGER NOT NULL,
    data      BLOB NOT NULL                     -- see EventCodec
) STRICT;

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
