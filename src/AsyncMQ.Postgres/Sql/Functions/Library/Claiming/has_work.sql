-- Whether a queue has jobs that a session could claim now, as far as the queue's own limits go.
CREATE OR REPLACE FUNCTION has_work(c step_context, s queue_state) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    IF s.counts[1] - s.parked - s.keyed > 0 THEN
        RETURN true;
    END IF;
    IF s.parked > 0 AND cardinality(known_benches(c, s.queue, false)) > 0 THEN
        RETURN true;
    END IF;
    IF s.keyed = 0 THEN
        RETURN false;
    END IF;
    RETURN bench_from(s.queue, true, '', false) IS NOT NULL OR (s.keyed_parked > 0 AND cardinality(known_benches(c, s.queue, true)) > 0);
END $$;
