-- Layout 1.4: events.

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
