-- Layout 1.5: what commits with transactions of the user's, on connections of his own.

-- Which file this is, whatever path leads to it: by this a transaction is known as one on it.
ALTER TABLE meta ADD COLUMN installation BLOB;
UPDATE meta SET installation = randomblob(16);

-- Groups of jobs whose transactions have committed, until a step takes them in. Writing one moves meta.next_number, so that whoever looks for news of other
-- processes, of earlier minors, too, is woken.
CREATE TABLE job_inbox (
    number  INTEGER PRIMARY KEY,                -- of meta.next_number; negative: put aside, because it could not be taken in
    jobs    INTEGER NOT NULL,                   -- how many are in it
    data    BLOB NOT NULL                       -- see AsyncMQ.Storage.DeferredGroups
) STRICT;

-- A job that a transaction of its handler's has completed, and whose claim is not settled yet, has 8 in `extras`, and its result in `result`; one that has
-- ended so has 16. Whoever holds the writer's lock sees the claim and this at once, so a table of its own would only be one more thing to look into.

-- The minor whose rules the process of a session keeps: NULL: one before 1.5, which does not know of such completions.
ALTER TABLE session ADD COLUMN layout INTEGER;
