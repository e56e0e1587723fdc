-- Layout 1.0. One schema is one installation. Every step that changes something holds the installation's lock, so steps come one after the other.
-- Rows that change with every step are never updated: a new version is inserted and the old one deleted, and the newest is found first, by
-- ORDER BY version DESC LIMIT 1. However many dead versions a snapshot elsewhere keeps from VACUUM, none is walked.

CREATE TABLE meta (
    one            bool        PRIMARY KEY DEFAULT true CHECK (one),
    layout_major   int         NOT NULL,
    layout_minor   int         NOT NULL,
    clock_offset   interval    NOT NULL DEFAULT '0',       -- of tests; added wherever a step reads the clock
    renewed_at     timestamptz,                            -- when somebody renewed a lease last, and that lease: see note_renewal
    renewed_lease  interval,
    recovery_from  timestamptz NOT NULL DEFAULT '-infinity'
);

INSERT INTO meta (layout_major, layout_minor) VALUES (1, 0);

CREATE SEQUENCE number;                                    -- of handles, places and versions; taken under the lock

CREATE TABLE session (
    key          bigint      PRIMARY KEY,                  -- of number: sessions in order of opening
    id           uuid        NOT NULL UNIQUE,
    lease        interval,                                 -- NULL: it only produces and administers
    opened       timestamptz NOT NULL,
    seen         timestamptz NOT NULL,                     -- when it last renewed, or, without a lease, did a step
    held         int         NOT NULL DEFAULT 0,           -- how many claims it says it has
    quiet        bool        NOT NULL,
    names        text[]      NOT NULL,                     -- of the jobs that it has handlers for
    queues       text[]      NOT NULL,                     -- that it works
    name         text        NOT NULL,                     -- this and what follows is for people
    host         text        NOT NULL,
    process_id   int         NOT NULL,
    version      text        NOT NULL,
    concurrency  int         NOT NULL,
    ended        timestamptz                               -- its steps are refused from then on; the row stays for a while, so that its id is not used again
);

CREATE INDEX session_ended ON session (ended) WHERE ended IS NOT NULL;

-- The last step of each lane, and what it was answered.
CREATE TABLE lane (
    session  bigint NOT NULL,
    lane     int    NOT NULL,
    step     bigint NOT NULL,
    reply    bytea,
    PRIMARY KEY (session, lane, step)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
