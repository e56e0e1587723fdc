-- Layout 1.2: schedules, and what came of them.
CREATE TABLE schedule (
    key         INTEGER PRIMARY KEY,            -- as a job's handle: never used twice
    queue       INTEGER NOT NULL,
    id          TEXT NOT NULL,
    revision    INTEGER NOT NULL,               -- never used twice: what was read of another one cannot fire this one
    next        INTEGER,                        -- NULL: never
    paused      INTEGER NOT NULL DEFAULT 0,
    shut        INTEGER NOT NULL DEFAULT 0,     -- its queue is closed
    runs        INTEGER NOT NULL DEFAULT 0,
    created     INTEGER NOT NULL,
    fired       INTEGER,
    last_job    TEXT,
    definition  BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX schedule_id ON schedule (queue, id);
CREATE INDEX schedule_due ON schedule (next) WHERE next IS NOT NULL AND paused = 0 AND shut = 0;

-- The latest occurrences of each schedule, in order of number.
CREATE TABLE occurrence (
    schedule  INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    outcome   INTEGER NOT NULL,
    job       TEXT,
    PRIMARY KEY (schedule, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER schedule_gone AFTER DELETE ON schedule
BEGIN
    DELETE FROM occurrence WHERE schedule = old.key;
END;

-- A process of layout 1.1 closes and deletes queues, too, and knows of no schedules.
CREATE TRIGGER schedule_queue_closed AFTER UPDATE OF closed ON queue WHEN new.closed <> old.closed
BEGIN
    UPDATE schedule SET shut = new.closed WHERE queue = new.id;
END;

CREATE TRIGGER schedule_queue_gone AFTER DELETE ON queue
BEGIN
    DELETE FROM schedule WHERE queue = old.id;
END;
