-- Layout 1.2: jobs that depend on others, flows, and schedules.

-- A job flagged 128 (Linked) has a row in `link`, and one in `edge` for each job it depends on; those
-- are flagged 8 (Dependents). What the end or the removal of a job means to others is noted by triggers, so that a process of an earlier minor,
-- which knows nothing of all this, leaves no job waiting for ever.

-- A flow, as long as one of its jobs is on record. Their states are counted when somebody asks.
CREATE TABLE flow (
    number  INTEGER PRIMARY KEY,                -- of meta.next_number
    id      TEXT NOT NULL UNIQUE,
    stamp   INTEGER NOT NULL,
    added   INTEGER NOT NULL
) STRICT;

-- What a linked job has beside its row.
CREATE TABLE link (
    handle  INTEGER PRIMARY KEY,
    queue   INTEGER NOT NULL,                   -- that of the job
    open    INTEGER NOT NULL,                   -- how many of its edges are open
    waits   INTEGER NOT NULL,                   -- 1 while it is in waiting-children; may stay when an earlier minor cancelled or removed it
    policy  INTEGER NOT NULL,
    delay   INTEGER,                            -- counted from its release
    run_at  INTEGER,
    flow    INTEGER
) STRICT;

CREATE INDEX link_flow ON link (flow) WHERE flow IS NOT NULL;

-- The order of waiting-children. Here and not on `job`, where every plain job would pay for it.
CREATE INDEX link_waiting ON link (queue) WHERE waits = 1;

-- One dependency of one job, as long as the dependent is on record. `dependency` is a handle: a later job of the same id is another. The record may be
-- gone; queue and id tell its name all the same. NULL: it was gone when this was written.
CREATE TABLE edge (
    dependent   INTEGER NOT NULL,
    place       INTEGER NOT NULL,               -- in the order given
    dependency  INTEGER,
    queue       INTEGER NOT NULL,               -- its name, a row of `name`: the queue itself may be deleted
    id          TEXT NOT NULL,
    status      INTEGER NOT NULL,
    PRIMARY KEY (dependent, place)
) STRICT, WITHOUT ROWID;

-- Nothing that changes is in it: an edge that is decided costs no write here.
CREATE INDEX edge_of ON edge (dependency) WHERE dependency IS NOT NULL;

-- What has happened to jobs and has yet to be told to those that depend on them, in order; a linked job that is gone leaves its rows until then. The
-- number is the job's `sequence`: nobody else has it, and it is at hand when the job is run again and the effect taken back.
CREATE TABLE effect (
    number       INTEGER PRIMARY KEY,
    dependency   INTEGER NOT NULL,
    outcome      INTEGER NOT NULL,              -- its last state; not a final one: it was removed before its end
    after        INTEGER NOT NULL DEFAULT 0,    -- told up to this dependent ...
    after_place  INTEGER NOT NULL DEFAULT 0     -- ... and this place in its order
) STRICT;

-- Of `flags`, not of `state`: the statements that claim, promote and complete plain jobs do not name that column, so they do not even have the trigger in
-- their program. A job that others depend on never ends by those, in no minor.
CREATE TRIGGER job_crossed AFTER UPDATE OF flags ON job
WHEN new.flags & 8 AND (new.state >= 4) <> (old.state >= 4)
BEGIN
    INSERT OR IGNORE INTO effect (number, dependency, outcome) SELECT new.sequence, new.handle, new.state WHERE new.state >= 4;
    -- Run again: what of its end has not been told is taken back.
    DELETE FROM effect WHERE new.state < 4 AND number = old.sequence AND dependency = old.handle;
END;

-- All that has to be done is done when the effect is worked off: every plain job that is deleted pays for the trigger's length. One that had ended
-- has told, or its effect is still there and stays; its removal decides nothing more.
CREATE TRIGGER job_gone AFTER DELETE ON job
WHEN old.flags & 136 AND (old.flags & 128 OR old.state < 4)
BEGIN
    INSERT OR IGNORE INTO effect (number, dependency, outcome, after)
    VALUES (old.sequence, old.handle, old.state, iif(old.state < 4, 0, 9223372036854775807));
END;

-- And schedules, with what came of them.
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
