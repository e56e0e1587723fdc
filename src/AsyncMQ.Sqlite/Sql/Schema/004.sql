-- Layout 1.3: limits and keys. Nothing of it is on the way of a job without a key in a queue without limits.

-- A waiting job with a key has `parked` 2, or 3 when it is parked. So it is in none of the lists from which jobs without a key are claimed, neither here
-- nor in a process of an earlier minor, which knows no limits; the column `parked` of `queue` counts all that are in those lists not.
ALTER TABLE job ADD COLUMN key TEXT;

-- What the record of the key knows the job as, in the lowest two bits: 1 waiting, 2 running, 3 its head, which is delayed; 0: it does not know of it. The
-- bits above count up with each change, so that a process of an earlier minor, which does not count, gives itself away.
ALTER TABLE job ADD COLUMN seat INTEGER NOT NULL DEFAULT 0;

-- The jobs of a key and priority, by bench: 0, or the name of those that are parked.
CREATE INDEX job_keyed ON job (queue, key, iif(parked = 3, name, 0), priority, sequence) WHERE parked >= 2;

ALTER TABLE queue ADD COLUMN keyed INTEGER NOT NULL DEFAULT 0;          -- waiting jobs with a key, as far as their keys know of them
ALTER TABLE queue ADD COLUMN keyed_parked INTEGER NOT NULL DEFAULT 0;   -- of those, the parked ones
ALTER TABLE queue ADD COLUMN limits BLOB;
ALTER TABLE queue ADD COLUMN held_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue ADD COLUMN permits BLOB;                              -- spent lately: AsyncMQ.Storage.RateWindow

-- A key with jobs that wait or run, with limits of its own, or with something to remember.
CREATE TABLE job_key (
    id             INTEGER PRIMARY KEY,         -- of meta.next_number
    queue          INTEGER NOT NULL,
    key            TEXT NOT NULL,
    place          BLOB NOT NULL,               -- the key as UTF-16, big end first: its ordinal order
    waiting        INTEGER NOT NULL,
    active         INTEGER NOT NULL,
    own            BLOB,                        -- limits of its own
    permits        BLOB,
    held_until     INTEGER NOT NULL,
    head           INTEGER,                     -- in strict order, the handle of the job that the others let end first
    head_bench     INTEGER,                     -- where that waits; NULL: it does not
    head_priority  INTEGER,
    look_at        INTEGER,                     -- when to look at it again ...
    to_open        INTEGER NOT NULL             -- ... to open it, or to forget it
) STRICT;

CREATE UNIQUE INDEX job_key_place ON job_key (queue, place);
CREATE INDEX job_key_to_open ON job_key (queue, look_at) WHERE to_open = 1;
CREATE INDEX job_key_to_forget ON job_key (look_at) WHERE to_open = 0 AND look_at IS NOT NULL;

-- The waiting jobs of a key by bench and priority, and their turn, while they may be claimed: by this a claim finds the next of any number of keys.
CREATE TABLE key_lane (
    key       INTEGER NOT NULL,
    bench     INTEGER NOT NULL,
    priority  INTEGER NOT NULL,
    queue     INTEGER NOT NULL,
    count     INTEGER NOT NULL,
    turn      INTEGER,
    PRIMARY KEY (key, bench, priority)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_lane_turn ON key_lane (queue, bench, priority, turn) WHERE turn IS NOT NULL;

-- The turns of jobs without a key, in queues where others have one.
CREATE TABLE plain_turn (
    queue     INTEGER NOT NULL,
    priority  INTEGER NOT NULL,
    turn      INTEGER NOT NULL,
    PRIMARY KEY (queue, priority)
) STRICT, WITHOUT ROWID;

-- Jobs that a process of an earlier minor has taken from where their keys know them; whoever comes to the queue next tells the keys.
CREATE TABLE key_left (
    number    INTEGER PRIMARY KEY,
    queue     INTEGER NOT NULL,
    key       TEXT NOT NULL,
    handle    INTEGER NOT NULL,
    seat      INTEGER NOT NULL,                 -- what the key knows it as
    parked    INTEGER NOT NULL,
    name      INTEGER NOT NULL,
    priority  INTEGER NOT NULL
) STRICT;

CREATE INDEX key_left_queue ON key_left (queue);

-- Of `stalls`: of the statements that change a job's state the one for jobs that are plain no more names it, in every minor.
CREATE TRIGGER job_unseated AFTER UPDATE OF stalls ON job
WHEN new.seat & 3 AND new.seat = old.seat AND new.state <> old.state AND new.key IS NOT NULL
BEGIN
    INSERT INTO key_left (queue, key, handle, seat, parked, name, priority)
    VALUES (old.queue, old.key, old.handle, old.seat & 3, old.parked, old.name, old.priority);
    UPDATE job SET seat = 0 WHERE handle = new.handle;
END;

-- OR IGNORE, though there is nothing to ignore: with a trigger that may abort, SQLite copies every page that a delete touches, of plain jobs, too, so
-- that it could undo the statement alone.
CREATE TRIGGER job_seat_gone AFTER DELETE ON job WHEN old.seat & 3 AND old.key IS NOT NULL
BEGIN
    INSERT OR IGNORE INTO key_left (queue, key, handle, seat, parked, name, priority)
    VALUES (old.queue, old.key, old.handle, old.seat & 3, old.parked, old.name, old.priority);
END;

CREATE TRIGGER key_queue_gone AFTER DELETE ON queue
BEGIN
    DELETE FROM key_lane WHERE key IN (SELECT id FROM job_key WHERE queue = old.id);
    DELETE FROM job_key WHERE queue = old.id;
    DELETE FROM plain_turn WHERE queue = old.id;
    DELETE FROM key_left WHERE queue = old.id;
END;
