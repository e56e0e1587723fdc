-- Writes what the jobs of a queue come to, as a new version. Whoever goes on with it takes the answer.
CREATE OR REPLACE FUNCTION save_state(s queue_state) RETURNS queue_state LANGUAGE plpgsql AS $$
DECLARE
    may_work_at timestamptz := CASE WHEN s.counts[1] > 0 THEN '-infinity' WHEN s.counts[3] > 0 THEN s.next_due ELSE 'infinity' END;
BEGIN
    IF may_work_at <> s.listed_at THEN
        IF s.listed_at < 'infinity' THEN
            DELETE FROM queue_work WHERE queue = s.queue AND version = s.listed;
        END IF;
        s.listed_at := may_work_at;
        IF may_work_at < 'infinity' THEN
            s.listed := nextval('number');
            INSERT INTO queue_work (queue, version, at) VALUES (s.queue, s.listed, may_work_at);
        END IF;
    END IF;
    DELETE FROM queue_state WHERE queue = s.queue AND version = s.version;
    s.version := nextval('number');
    INSERT INTO queue_state VALUES (s.*);
    RETURN s;
END $$;
