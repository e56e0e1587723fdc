-- Layout 1.0. One schema is one installation. Every step that changes something holds the installation's lock, so steps come one after the other.
-- Rows that change with every step are never updated: a new version is inserted and the old one deleted, and the newest is found first, by
-- ORDER BY version DESC LIMIT 1. However many dead versions a snapshot elsewhere keeps from VACUUM, none is walked.
-- States, flags, kinds and outcomes are the numbers of the enums in AsyncMQ.Storage. Text that may have any character is kept as its bytes in UTF-8:
-- PostgreSQL's text has no NUL.

CREATE TABLE meta (
    one            bool        PRIMARY KEY DEFAULT true CHECK (one),
    layout_major   int         NOT NULL,
    layout_minor   int         NOT NULL,
    installation   uuid        NOT NULL DEFAULT gen_random_uuid(),  -- tells this one from all others, in other databases, too
    clock_offset   interval    NOT NULL DEFAULT '0',       -- of tests; added wherever a step reads the clock
    renewed_at     timestamptz,                            -- when somebody renewed a lease last, and that lease: see note_renewal
    renewed_lease  interval,
    recovery_from  timestamptz NOT NULL DEFAULT '-infinity',
    events_until   timestamptz NOT NULL DEFAULT '-infinity',  -- until when somebody subscribes: all that a step compares while nobody does
    events_next    bigint      NOT NULL DEFAULT 0,         -- the position of the next event, if there is none at it or behind: see next_event
    maintained     int         NOT NULL DEFAULT 0          -- the queue behind which housekeeping goes on
);

INSERT INTO meta (layout_major, layout_minor) VALUES (1, 0);

CREATE SEQUENCE number;                                    -- of handles, places and versions; taken under the lock

-- What a step knows of itself: see enter.
CREATE TYPE step_context AS (
    at       timestamptz,                                  -- the store's time, read once
    heard    bool,                                         -- whether somebody subscribes to events
    session  bigint,                                       -- who sends it: session.key
    lease    interval,
    quiet    bool,
    wide     bool,                                         -- it has many queues
    worker   int,                                          -- that session's name: worker.id
    lane     int,
    number   bigint,                                       -- the step's own, within its lane
    last     bigint,                                       -- the one before it, whose reply is kept
    again    bool,                                         -- it was done before, ...
    reply    bytea,                                        -- ... and this was the answer
    took     bool                                          -- it has taken in what transactions of others had added: done again, it would find less
);

CREATE TABLE session (
    key          bigint      PRIMARY KEY,                  -- of number: sessions in order of opening
    id           uuid        NOT NULL UNIQUE,
    lease        interval,                                 -- NULL: it only produces and administers
    opened       timestamptz NOT NULL,
    seen         timestamptz NOT NULL,                     -- when it last renewed, or, without a lease, did a step (to the minute)
    held         int         NOT NULL DEFAULT 0,           -- how many claims it says it has
    claims_from  timestamptz NOT NULL DEFAULT '-infinity', -- none that it had at its last renewal had started before; infinity: it has ended, and has none
    quiet        bool        NOT NULL,                     -- it is given no jobs
    quiet_first  bool        NOT NULL,                     -- so from its opening on, as it said
    names        text[]      NOT NULL,                     -- of the jobs that it has handlers for
    queues       text[]      NOT NULL,                     -- that it works
    wide         bool        NOT NULL,                     -- those are so many that it does not ask for all of them at once: see session_queue
    worker       int         NOT NULL,                     -- its name: worker.id
    host         bytea       NOT NULL,                     -- this and what follows is for people
    process_id   int         NOT NULL,
    version      bytea       NOT NULL,
    concurrency  int         NOT NULL,
    ended        timestamptz                               -- its steps are refused from then on; the row stays for a while, so that its id is not used again
);

CREATE INDEX session_ended ON session (ended) WHERE ended IS NOT NULL;
CREATE INDEX session_left ON session (key) WHERE ended IS NOT NULL AND claims_from < 'infinity';

-- The queues of sessions with many.
CREATE TABLE session_queue (
    session  bigint NOT NULL,
    queue    text   COLLATE "C" NOT NULL,
    PRIMARY KEY (session, queue)
);

-- Names of sessions, which records of jobs go on naming when the sessions are gone.
CREATE TABLE worker (
    id    int   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name  bytea NOT NULL UNIQUE
);

-- The last step of each lane, and what it was answered.
CREATE TABLE lane (
    session  bigint NOT NULL,
    lane     int    NOT NULL,
    step     bigint NOT NULL,
    reply    bytea,
    PRIMARY KEY (session, lane, step)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- A queue's settings. What its jobs change is in queue_state.
CREATE TABLE queue (
    id                   int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name                 text        COLLATE "C" NOT NULL UNIQUE,
    closed               bool        NOT NULL DEFAULT false,
    paused_at            timestamptz,                      -- NULL: it is not paused
    paused_until         timestamptz,                      -- NULL: until it is resumed
    paused_by            bytea,
    paused_why           bytea,
    has_retention        bool        NOT NULL DEFAULT false,
    retain_age           interval,
    retain_count         int,
    retain_failed_age    interval,
    retain_failed_count  int,
    has_limits           bool        NOT NULL DEFAULT false,
    concurrency          int,
    permits              int,                              -- so many claims ...
    permit_window        bigint,                           -- ... in any window of this length, in ticks of .NET: exactly as it was set
    has_key_limits       bool        NOT NULL DEFAULT false,
    key_concurrency      int,
    key_permits          int,
    key_permit_window    bigint,
    key_order            bool        NOT NULL DEFAULT false
);

-- What the jobs of a queue come to. One row each, the newest of its versions.
CREATE TABLE queue_state (
    queue         int         NOT NULL,
    version       bigint      NOT NULL,
    counts        bigint[]    NOT NULL DEFAULT '{0,0,0,0,0,0,0,0}',  -- by state + 1
    prioritized   bigint      NOT NULL DEFAULT 0,          -- waiting jobs whose priority is not 5
    parked        bigint      NOT NULL DEFAULT 0,          -- waiting jobs without a key that no worker knew the name of
    keyed         bigint      NOT NULL DEFAULT 0,          -- waiting jobs with a key ...
    keyed_parked  bigint      NOT NULL DEFAULT 0,          -- ... and of those the parked ones
    tombs         bigint      NOT NULL DEFAULT 0,
    next_due      timestamptz NOT NULL DEFAULT 'infinity', -- no delayed job is due before this; may be too early, never too late
    -- The priorities of which plain jobs wait (without a key, not parked), in order; how many; and a sequence before which none of them waits. So a claim
    -- begins where jobs are, and walks over none that are gone. NULL: there are too many priorities to tell.
    levels        int[]       DEFAULT '{}',
    level_counts  bigint[]    DEFAULT '{}',
    level_floors  bigint[]    DEFAULT '{}',
    held_until    timestamptz NOT NULL DEFAULT '-infinity',
    window_ends   bigint[]    NOT NULL DEFAULT '{}',       -- permits spent lately, as in RateWindow: the ends of parts of the window, in ticks, ...
    window_spent  int[]       NOT NULL DEFAULT '{}',       -- ... and how many were spent in each
    limit_told    bool        NOT NULL DEFAULT false,      -- it was told that its limits hold jobs back, and they do so still
    minute        bigint      NOT NULL DEFAULT 0,          -- the tally of ends, as in EndTally: its latest minute, ...
    completed_in  bigint[]    NOT NULL DEFAULT '{0,0,0,0,0,0}',  -- ... and by minute % 6 + 1
    failed_in     bigint[]    NOT NULL DEFAULT '{0,0,0,0,0,0}',
    listed_at     timestamptz NOT NULL DEFAULT 'infinity', -- what queue_work says of it ...
    listed        bigint      NOT NULL DEFAULT 0,          -- ... and in which version
    PRIMARY KEY (queue, version)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- The queues that may have work: from when on (-infinity: jobs wait). Written when that changes, not with every step: one row each, in versions, too.
CREATE TABLE queue_work (
    queue    int         NOT NULL,
    version  bigint      NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (queue, version)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- So written that no search for one queue can take it: it would go over all of it.
CREATE INDEX queue_work_at ON queue_work (at, (queue + 0));

-- What of a job never changes. Written once.
CREATE TABLE job (
    handle     bigint      PRIMARY KEY,                    -- of number: the order of adding
    queue      int         NOT NULL,
    id         text        COLLATE "C" NOT NULL,
    name       text        COLLATE "C" NOT NULL,
    stamp      bigint      NOT NULL,
    added      timestamptz NOT NULL,
    ttl        interval,
    dedup      text        COLLATE "C",
    dedup_ttl  interval,
    payload    bytea       NOT NULL,
    envelope   bytea       NOT NULL,
    UNIQUE (queue, id)
);

-- What changes: a narrow row for each job that has not ended.
CREATE TABLE live (
    handle    bigint      PRIMARY KEY,
    queue     int         NOT NULL,
    state     smallint    NOT NULL,
    flags     smallint    NOT NULL,
    priority  int         NOT NULL,
    sequence  bigint      NOT NULL,                        -- its place among its equals; it keeps it while it runs
    since     timestamptz NOT NULL,                        -- when it came into its state
    attempt   int         NOT NULL DEFAULT 0,
    stalls    int         NOT NULL DEFAULT 0,
    extras    smallint    NOT NULL DEFAULT 0,              -- has rows in: 1 result, 2 error, 4 progress (extra), 8 attempt, 16 log, 32 completion
    cancel    bool        NOT NULL DEFAULT false,          -- running, and asked to stop
    bench     text        COLLATE "C" NOT NULL DEFAULT '', -- while it is parked: its name
    key       text        COLLATE "C",
    due       timestamptz,                                 -- while it is delayed
    expires   timestamptz,
    started   timestamptz,
    worker    int,                                         -- worker.id of who has it, or had it last
    session   bigint,                                      -- the claim, current while it is active: session.key, lane and step
    lane      int,
    step      bigint,
    turn      bigint                                       -- of number: the order in which it was claimed, where keys take turns
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX live_ready ON live (queue, priority, sequence) WHERE state = 0 AND bench = '' AND key IS NULL;
CREATE INDEX live_parked ON live (queue, bench, priority, sequence) WHERE state = 0 AND bench <> '' AND key IS NULL;
CREATE INDEX live_keyed ON live (queue, key, bench, priority, sequence) WHERE state = 0 AND key IS NOT NULL;
-- These two for all such jobs, whatever their names and keys: so written that no search for those of one key or one bench can take them.
CREATE INDEX live_aside ON live (queue, priority, sequence) WHERE state = 0 AND coalesce(nullif(bench, ''), key) IS NOT NULL;
CREATE INDEX live_parked_level ON live (queue, priority) WHERE state = 0 AND (CASE WHEN key IS NULL THEN bench END) <> '';
CREATE INDEX live_active ON live (session, started, turn NULLS FIRST, handle) WHERE state = 1;
CREATE INDEX live_cancelled ON live ((session + 0)) WHERE state = 1 AND cancel; -- not for searches that live_active is for, nor the other way round
CREATE INDEX live_delayed ON live (queue, due, handle) WHERE state = 2;
CREATE INDEX live_held ON live (queue, handle) WHERE state = 3;
CREATE INDEX live_expiring ON live (queue, expires) WHERE expires IS NOT NULL AND state IN (0, 2);

-- And for each that has: the same columns, so that one kind of row stands for a job in any state.
CREATE TABLE ended (LIKE live INCLUDING DEFAULTS, PRIMARY KEY (handle));

CREATE INDEX ended_place ON ended (queue, state, since, sequence);

-- Bytes that few jobs have. Kinds as in live.extras.
CREATE TABLE extra (
    handle  bigint   NOT NULL,
    kind    smallint NOT NULL,
    data    bytea    NOT NULL,
    PRIMARY KEY (handle, kind)
);

-- Attempts that did not complete: the last 64 of each job.
CREATE TABLE attempt (
    handle   bigint      NOT NULL,
    place    bigint      NOT NULL,                         -- of number
    number   int         NOT NULL,
    outcome  smallint    NOT NULL,
    started  timestamptz NOT NULL,
    ended    timestamptz NOT NULL,
    worker   int,
    error    bytea       NOT NULL,
    PRIMARY KEY (handle, place)
);

CREATE TABLE log (
    handle   bigint      NOT NULL,
    place    bigint      NOT NULL,                         -- of number
    at       timestamptz NOT NULL,
    attempt  int         NOT NULL,
    line     bytea       NOT NULL,
    PRIMARY KEY (handle, place)
);

-- A job to add, as AsyncMQ.Storage.NewJob. One that is kept until another ends is stored so.
CREATE TYPE new_job AS (
    queue          text,
    id             text,
    name           text,
    stamp          bigint,
    payload        bytea,
    envelope       bytea,
    priority       int,
    flags          smallint,
    delay          interval,
    run_at         timestamptz,
    ttl            interval,
    dedup          text,
    dedup_ttl      interval,
    dedup_options  smallint,                               -- 1 extend, 2 replace, 4 keep last if active
    key            text,
    other_queues   text[],                                 -- what it depends on
    other_ids      text[],
    on_failure     smallint
);

-- The flow that a group of new jobs makes, or, extending it, joins.
CREATE TYPE new_flow AS (
    id       text,
    stamp    bigint,
    extends  bool
);

-- What the jobs of a group with a flow or dependencies have to know of each other while it is added.
CREATE TYPE group_links AS (
    is_linked        bool,
    flow_id          text,
    flow_stamp       bigint,
    flow_number      bigint,                               -- NULL: it has no row yet
    is_expected      bool,                                 -- a later job of the group depends on the one being added
    suppressed       text[],                               -- names (queue, tab, id) of jobs of the group that were not stored ...
    stand_in_ids     text[],                               -- ... and who stands for each, in the same queue: its id ...
    stand_in_owners  bigint[],                             -- ... and its handle: its record may be gone, and a later job have its id
    failing          bigint,                               -- the job just stored, if a dependency fails it: it ends when all else of its add is written
    error            bytea
);

-- A group of jobs that a transaction of the user's adds: its row commits, or not, with the rest of that transaction, and the next step takes it in.
CREATE TABLE inbox (
    number  bigint    GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- in the order of writing; what committed later may have a lower one
    size    int       NOT NULL,                            -- how many jobs
    plain   bool      NOT NULL,                            -- none has a key, deduplication or dependencies, and they are no flow
    jobs    new_job[] NOT NULL,
    flow    new_flow
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- A running job that a transaction of its handler completed: whatever becomes of the claim, the job ends completed. There is one for each job, until somebody
-- retries it, so that no two attempts can both commit one.
CREATE TABLE completion (
    handle   bigint PRIMARY KEY,
    result   bytea  NOT NULL,                              -- empty: none
    settled  bool   NOT NULL DEFAULT false                 -- the job has ended so
);

CREATE INDEX completion_open ON completion (handle) WHERE NOT settled;

-- Who owns a deduplication id, and the newest add that waits for the owner's end.
CREATE TABLE dedup (
    queue        int         NOT NULL,
    id           text        COLLATE "C" NOT NULL,
    owner        bigint      NOT NULL,                     -- a handle: a later job of the same id is another
    owner_id     text        COLLATE "C" NOT NULL,
    window_ends  timestamptz,
    free_at      timestamptz,                              -- set when the owner has ended: the record goes at this time
    kept         new_job,
    PRIMARY KEY (queue, id)
);

CREATE INDEX dedup_free ON dedup (free_at) WHERE free_at IS NOT NULL;

-- A custom id whose record was removed by count, and that stays taken as long as the age says.
CREATE TABLE tomb (
    queue  int         NOT NULL,
    id     text        COLLATE "C" NOT NULL,
    state  smallint    NOT NULL,
    stamp  bigint      NOT NULL,
    until  timestamptz NOT NULL,
    PRIMARY KEY (queue, id)
);

CREATE INDEX tomb_until ON tomb (until);

-- Where a walk of housekeeping over ended jobs of a queue stopped, before it had seen all that its policy reaches; and up to where it has left none, so that
-- the next one need not pass rows that are dead.
CREATE TABLE walk (
    queue           int         NOT NULL,
    state           smallint    NOT NULL,                  -- the first of those that it goes over
    since           timestamptz NOT NULL,                  -- the last job that it looked at
    sequence        bigint      NOT NULL,
    spared          bigint      NOT NULL,                  -- how many it has passed by
    floor_since     timestamptz NOT NULL,                  -- none is left up to here; ...
    floor_sequence  bigint      NOT NULL,
    floor_from      timestamptz NOT NULL,                  -- ... that was last looked at when
    PRIMARY KEY (queue, state)
);

-- A flow, as long as one of its jobs is on record.
CREATE TABLE flow (
    number  bigint      PRIMARY KEY,                       -- of number: the order of adding
    id      text        COLLATE "C" NOT NULL UNIQUE,
    stamp   bigint      NOT NULL,
    added   timestamptz NOT NULL
);

-- What a job has that depends on others or belongs to a flow (flag 128).
CREATE TABLE link (
    handle  bigint   PRIMARY KEY,
    open    int      NOT NULL,                             -- how many of its edges are open
    policy  smallint NOT NULL,
    delay   interval,                                      -- counted from its release
    run_at  timestamptz,
    flow    bigint
);

CREATE INDEX link_flow ON link (flow, handle) WHERE flow IS NOT NULL;

-- One dependency of one job, as long as the dependent is on record. dependency is a handle: a later job of the same id is another. NULL: its record was
-- gone when this was written; queue (by name: the queue itself may be gone) and id tell its name all the same.
CREATE TABLE edge (
    dependent   bigint   NOT NULL,
    place       int      NOT NULL,                         -- in the order given
    dependency  bigint,
    queue       text     COLLATE "C" NOT NULL,
    id          text     COLLATE "C" NOT NULL,
    status      smallint NOT NULL,
    PRIMARY KEY (dependent, place)
);

CREATE INDEX edge_of ON edge (dependency, dependent, place) WHERE dependency IS NOT NULL;

-- What has happened to jobs and has yet to be told to those that depend on them, in order.
CREATE TABLE effect (
    number       bigint   PRIMARY KEY,                     -- of number
    dependency   bigint   NOT NULL,
    outcome      smallint NOT NULL,                        -- its last state; not a final one: it was removed before its end
    after        bigint   NOT NULL DEFAULT 0,              -- told up to this dependent ...
    after_place  int      NOT NULL DEFAULT 0               -- ... and this place in its order
);

CREATE INDEX effect_of ON effect (dependency);

-- No effect stands below this number: so nobody walks over those that are done. One row, the newest of its versions; none: nothing was told yet.
CREATE TABLE effect_floor (
    version  bigint PRIMARY KEY,                           -- of number
    number   bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- A key with jobs that wait or run, with limits of its own, or with something to remember. One row each, the newest of its versions.
CREATE TABLE job_key (
    queue          int         NOT NULL,
    key            text        COLLATE "C" NOT NULL,
    version        bigint      NOT NULL,
    place          bytea       NOT NULL,                   -- in ordinal order: see place_of
    waiting        bigint      NOT NULL,
    parked         bigint      NOT NULL,                   -- of the waiting ones
    active         int         NOT NULL,
    has_limits     bool        NOT NULL,                   -- of its own
    concurrency    int,
    permits        int,
    permit_window  bigint,                                 -- in ticks
    in_order       bool        NOT NULL,
    held_until     timestamptz NOT NULL,
    window_ends    bigint[]    NOT NULL,                   -- as in queue_state
    window_spent   int[]       NOT NULL,
    limit_told     bool,                                   -- as in queue_state; NULL: it is to be told at the end of this step
    head           bigint,                                 -- in strict order, the handle of the job that the others let end first
    head_bench     text        COLLATE "C",                -- where that waits; NULL: it does not
    head_priority  int,
    stands         bool        NOT NULL,                   -- it is open, and its waiting jobs have their places in key_turn
    look_at        timestamptz,                            -- when to look at it again ...
    to_open        bool        NOT NULL,                   -- ... to open it, or to forget it
    PRIMARY KEY (queue, key, version)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX job_key_place ON job_key (queue, place);
CREATE INDEX job_key_to_open ON job_key (queue, look_at) WHERE to_open;
CREATE INDEX job_key_to_forget ON job_key (look_at) WHERE NOT to_open AND look_at IS NOT NULL;

-- The limits that hold for a key. No column has anything: there are none.
CREATE TYPE key_limits AS (
    concurrency    int,
    permits        int,
    permit_window  bigint,
    in_order       bool
);

-- The places of keys that may be claimed from, by bench and priority of their waiting jobs, in turn: by this a claim finds the next of any number of keys.
-- On all benches a key has one turn in a priority.
CREATE TABLE key_turn (
    queue     int    NOT NULL,
    bench     text   COLLATE "C" NOT NULL,
    priority  int    NOT NULL,
    turn      bigint NOT NULL,                             -- of number
    key       text   COLLATE "C" NOT NULL,
    first     bigint NOT NULL,                             -- a sequence before which none of its jobs waits there
    job       bigint,                                      -- the job that it gives, whatever the sequence: its head
    PRIMARY KEY (queue, bench, priority, turn)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX key_turn_of ON key_turn (queue, key, priority, turn, bench);

-- The turns of jobs without a key, in queues where others have one; the newest counts.
CREATE TABLE plain_turn (
    queue     int    NOT NULL,
    priority  int    NOT NULL,
    turn      bigint NOT NULL,
    PRIMARY KEY (queue, priority, turn)
);

-- A waiting job that a claim is looking at.
CREATE TYPE candidate AS (
    handle    bigint,
    priority  int,
    sequence  bigint,
    since     timestamptz,
    expires   timestamptz,
    bench     text,
    key       text,
    turn      bigint
);

CREATE TABLE schedule (
    key         bigint      PRIMARY KEY,                   -- of number
    queue       int         NOT NULL,
    id          text        COLLATE "C" NOT NULL,
    place       bytea       NOT NULL,                      -- in ordinal order: see place_of
    revision    bigint      NOT NULL,                      -- never used twice: what was read of another one cannot fire this one
    next        timestamptz,                               -- NULL: never
    paused      bool        NOT NULL DEFAULT false,
    shut        bool        NOT NULL DEFAULT false,        -- its queue is closed
    runs        bigint      NOT NULL DEFAULT 0,
    created     timestamptz NOT NULL,
    fired       timestamptz,
    last_job    text        COLLATE "C",
    definition  bytea       NOT NULL,
    UNIQUE (queue, id)
);

CREATE UNIQUE INDEX schedule_place ON schedule (queue, place);
CREATE INDEX schedule_due ON schedule (next, key) WHERE next IS NOT NULL AND NOT paused AND NOT shut;

-- The latest occurrences of each schedule.
CREATE TABLE occurrence (
    schedule  bigint      NOT NULL,
    number    bigint      NOT NULL,                        -- of number
    due       timestamptz NOT NULL,
    at        timestamptz NOT NULL,
    outcome   smallint    NOT NULL,
    job       text        COLLATE "C",
    PRIMARY KEY (schedule, number)
);

-- A process that subscribes to events.
CREATE TABLE subscriber (
    id      uuid        PRIMARY KEY,
    until   timestamptz NOT NULL
);

-- What it wants to hear: kinds, by place. Rows of other places are not looked at, however many there are.
CREATE TABLE interest (
    subscriber  uuid NOT NULL REFERENCES subscriber ON DELETE CASCADE,
    kinds       int  NOT NULL,
    queue       text COLLATE "C" NOT NULL,                 -- empty: any, and what belongs to none
    id          text COLLATE "C" NOT NULL                  -- empty: any, and what belongs to none
);

CREATE INDEX interest_of ON interest (subscriber);
CREATE INDEX interest_place ON interest (queue, id);

-- The latest events, as AsyncMQ.Storage.StoreEvent has them; line is its Text.
CREATE TABLE event (
    position  bigint      PRIMARY KEY,                     -- next to each other, in the order of the commits
    kind      int         NOT NULL,
    at        timestamptz NOT NULL,
    queue     text        COLLATE "C",
    id        text        COLLATE "C",
    name      bytea,
    attempt   int         NOT NULL DEFAULT 0,
    stalls    int         NOT NULL DEFAULT 0,
    state     smallint    NOT NULL DEFAULT 0,
    until     timestamptz,
    line      bytea,
    detail    bytea,
    manual    bool        NOT NULL DEFAULT false,
    lost      bool        NOT NULL DEFAULT false,
    data      bytea
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- What workers measured, by queue, bucket and name: numbers of AsyncMQ.Storage.JobFigures, by their fields, in order. Fields: 0 completed, 1 failed,
-- 2 retried, 3 other; from 1000 on the parts of how long jobs had waited, from 2000 on those of how long they ran.
CREATE TABLE figure (
    queue       int         NOT NULL,
    resolution  smallint    NOT NULL,
    start       timestamptz NOT NULL,
    name        text        COLLATE "C" NOT NULL,          -- empty: all names that were too many
    fields      int[]       NOT NULL,
    numbers     bigint[]    NOT NULL,
    PRIMARY KEY (queue, resolution, start, name)
);

-- Only what names the resolution itself can use these: a look-up by name, planned for an empty table, must not take them for as good as the key.
CREATE INDEX figure_minutes ON figure (start) WHERE resolution = 0;
CREATE INDEX figure_hours ON figure (start) WHERE resolution = 1;

-- A schedule as AsyncMQ.Storage.ScheduleRecord has it.
CREATE TYPE schedule_record AS (
    queue       text,
    id          text,
    revision    bigint,
    next        timestamptz,
    paused      bool,
    runs        bigint,
    created     timestamptz,
    fired       timestamptz,
    last_job    text,
    definition  bytea
);

-- A job as AsyncMQ.Storage.JobRecord has it. What was not asked for is NULL.
CREATE TYPE job_record AS (
    place             int,                                 -- in the list asked for, from 1
    handle            bigint,
    queue             text,
    id                text,
    name              text,
    state             smallint,
    priority          int,
    sequence          bigint,
    flags             smallint,
    added             timestamptz,
    since             timestamptz,
    due               timestamptz,
    expires           timestamptz,
    started           timestamptz,
    attempt           int,
    stalls            int,
    worker            bytea,
    cancel            bool,
    parked            bool,
    key               text,
    dedup             text,
    envelope          bytea,
    error             bytea,
    progress          bytea,
    flow              text,
    payload           bytea,
    result            bytea,
    attempt_numbers   int[],
    attempt_outcomes  smallint[],
    attempt_starts    timestamptz[],
    attempt_ends      timestamptz[],
    attempt_workers   bytea[],
    attempt_errors    bytea[],
    log_times         timestamptz[],
    log_attempts      int[],
    log_lines         bytea[],
    policy            smallint,
    other_queues      text[],
    other_ids         text[],
    other_statuses    smallint[]
);
