-- Layout 1.4: what a worker process says of itself, and whether it is quiet. NULL: a process of an earlier minor opened the session, and would not heed it.
ALTER TABLE session ADD COLUMN quiet INTEGER;
ALTER TABLE session ADD COLUMN host TEXT;
ALTER TABLE session ADD COLUMN process INTEGER;
ALTER TABLE session ADD COLUMN version TEXT;
ALTER TABLE session ADD COLUMN concurrency INTEGER;
