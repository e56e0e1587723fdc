-- Layout 1.0. Times are UTC ticks (100 ns); states, flags and outcomes are the numbers of the enums in AsyncMQ.Storage.

-- One row: facts about the whole file. `next_number` names records and gives them their place; no number is ever used twice.
CREATE TABLE meta (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    layout_major  INTEGER NOT NULL,
    layout_minor  INTEGER NOT NULL,
    clock_offset  INTEGER NOT NULL DEFAULT 0,
    next_number   INTEGER NOT NULL DEFAULT 1,
    last_renewal  INTEGER NOT NULL DEFAULT 0,   -- when anybody last renewed or opened a session with a lease
    recover_from  INTEGER NOT NULL DEFAULT 0    -- no session is declared dead before this time
) STRICT;

-- Job names and worker names, written once and referred to by number.
CREATE TABLE name (
    id    INTEGER PRIMARY KEY,
    text  TEXT NOT NULL UNIQUE
) STRICT;

-- A queue's settings and its counts, one column per state so that a transaction writes one row per queue it touched.
CREATE TABLE queue (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    name              TEXT NOT NULL UNIQUE,
    waiting           INTEGER NOT NULL DEFAULT 0,
    active            INTEGER NOT NULL DEFAULT 0,
    delayed           INTEGER NOT NULL DEFAULT 0,
    waiting_children  INTEGER NOT NULL DEFAULT 0,
    completed         INTEGER NOT NULL DEFAULT 0,
    failed            INTEGER NOT NULL DEFAULT 0,
    expired           INTEGER NOT NULL DEFAULT 0,
    cancelled         INTEGER NOT NULL DEFAULT 0,
    prioritized       INTEGER NOT NULL DEFAULT 0,   -- waiting jobs whose priority is not 5
    parked            INTEGER NOT NULL DEFAULT 0,   -- waiting jobs that no worker knew the name of
    tombstones        INTEGER NOT NULL DEFAULT 0,
    next_due          INTEGER,                      -- no delayed job is due before this; may be too early, never too late
    closed            INTEGER NOT NULL DEFAULT 0,
    paused_at         INTEGER,
    paused_until      INTEGER,
    paused_by         TEXT,
    paused_why        TEXT,
    has_retention     INTEGER NOT NULL DEFAULT 0,
    retain_age        INTEGER,
    retain_count      INTEGER,
    retain_failed_age    INTEGER,
    retain_failed_count  INTEGER
) STRICT;

-- The ready index: which queues may have work, without a look at the others.
CREATE INDEX queue_ready ON queue (id) WHERE waiting > 0 AND closed = 0;
CREATE INDEX queue_due ON queue (next_due) WHERE next_due IS NOT NULL AND closed = 0;

-- One row per process that was here. The key is never reused, so a claim of a dead session fits no later one.
CREATE TABLE session (
    key           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            BLOB NOT NULL UNIQUE,
    state         INTEGER NOT NULL DEFAULT 0,   -- 0 alive, 1 closed, 2 dead
    name          TEXT NOT NULL,
    lease         INTEGER,                      -- NULL: produces and administers only
    opened        INTEGER NOT NULL,
    used          INTEGER NOT NULL,             -- last seen; to within minutes for sessions without a lease
    lease_until   INTEGER NOT NULL,
    claims_held   INTEGER NOT NULL DEFAULT 0,   -- what the process said; for people
    names         TEXT NOT NULL,                -- one per line
    queues        TEXT NOT NULL                 -- one per line
) STRICT;

CREATE INDEX session_alive ON session (lease_until) WHERE state = 0;

-- The last step of each lane with its reply, written in the same transaction as its effect.
CREATE TABLE lane (
    session  INTEGER NOT NULL,
    lane     INTEGER NOT NULL,
    step     INTEGER NOT NULL,
    reply    BLOB NOT NULL,
    PRIMARY KEY (session, lane)
) STRICT, WITHOUT ROWID;

-- A job. The last five columns hold the bytes themselves, or their number when they are long and lie in `body`:
-- a claim or a settlement rewrites this row, and must not rewrite a megabyte with it.
CREATE TABLE job (
    handle    INTEGER PRIMARY KEY,
    queue     INTEGER NOT NULL,
    id        TEXT NOT NULL,
    state     INTEGER NOT NULL,
    name      INTEGER NOT NULL,
    priority  INTEGER NOT NULL,
    sequence  INTEGER NOT NULL,                 -- place among its equals in the state
    flags     INTEGER NOT NULL,
    stamp     INTEGER NOT NULL,
    added     INTEGER NOT NULL,
    since     INTEGER NOT NULL,                 -- when it came into its state
    attempt   INTEGER NOT NULL DEFAULT 0,
    stalls    INTEGER NOT NULL DEFAULT 0,
    parked    INTEGER NOT NULL DEFAULT 0,
    cancel    INTEGER NOT NULL DEFAULT 0,       -- running, and asked to stop
    extras    INTEGER NOT NULL DEFAULT 0,       -- has rows in: 1 body, 2 attempt, 4 log
    due       INTEGER,
    expires   INTEGER,
    ttl       INTEGER,
    started   INTEGER,
    worker    INTEGER,
    session   INTEGER,                          -- the claim, current only while active
    lane      INTEGER,
    step      INTEGER,
    dedup     TEXT,
    dedup_ttl INTEGER,
    payload   ANY,
    envelope  ANY,
    result    ANY,
    error     ANY,
    progress  ANY
) STRICT;

CREATE UNIQUE INDEX job_id ON job (queue, id);
CREATE INDEX job_ready ON job (queue, parked, priority, sequence) WHERE state = 0;
CREATE INDEX job_parked ON job (queue, name, priority, sequence) WHERE parked = 1;
CREATE INDEX job_delayed ON job (queue, due) WHERE state = 2;
CREATE INDEX job_active ON job (session, started) WHERE state = 1;
CREATE INDEX job_cancelled ON job (session) WHERE cancel = 1;
CREATE INDEX job_ended ON job (queue, state, since, sequence) WHERE state >= 4;
CREATE INDEX job_expiry ON job (queue, expires) WHERE expires IS NOT NULL AND state IN (0, 2);

-- Long bytes of a job: id = handle * 8 + part.
CREATE TABLE body (
    id    INTEGER PRIMARY KEY,
    data  BLOB NOT NULL
) STRICT;

CREATE TABLE attempt (
    id       INTEGER PRIMARY KEY,
    handle   INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    outcome  INTEGER NOT NULL,
    started  INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    worker   INTEGER,
    error    BLOB
) STRICT;

CREATE INDEX attempt_of ON attempt (handle);

CREATE TABLE log (
    id       INTEGER PRIMARY KEY,
    handle   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    attempt  INTEGER NOT NULL,
    text     TEXT NOT NULL
) STRICT;

CREATE INDEX log_of ON log (handle);

-- Who owns a deduplication id, and the newest add that waits for the owner's end.
CREATE TABLE dedup (
    key         INTEGER PRIMARY KEY,
    queue       INTEGER NOT NULL,
    id          TEXT NOT NULL,
    owner       INTEGER NOT NULL,               -- a handle: a later job of the same id is another
    owner_id    TEXT NOT NULL,
    window_ends INTEGER,
    free_at     INTEGER,                        -- set when the owner has ended: the record goes at this time
    kept        BLOB
) STRICT;

CREATE UNIQUE INDEX dedup_id ON dedup (queue, id);
CREATE INDEX dedup_free ON dedup (free_at) WHERE free_at IS NOT NULL;

-- A custom id whose record was removed by count, and that stays taken as long as the age says.
CREATE TABLE tombstone (
    queue   INTEGER NOT NULL,
    id      TEXT NOT NULL,
    state   INTEGER NOT NULL,
    stamp   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    PRIMARY KEY (queue, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX tombstone_until ON tombstone (until);
