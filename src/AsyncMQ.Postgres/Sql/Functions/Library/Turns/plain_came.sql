-- So many jobs without a key have come to wait in a priority, and are counted. Where others of it wait already, they have their place; where nobody has a
-- key, nobody takes turns.
CREATE OR REPLACE FUNCTION plain_came(s queue_state, p_priority int, p_count bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    waiting bigint;
BEGIN
    IF s.keyed = 0 THEN
        RETURN;
    END IF;
    IF s.levels IS NULL THEN
        SELECT count(*) INTO waiting FROM (
            SELECT 1 FROM live WHERE queue = s.queue AND state = 0 AND bench = '' AND key IS NULL AND priority = p_priority LIMIT p_count + 1) AS found;
    ELSE
        waiting := coalesce(s.level_counts[array_position(s.levels, p_priority)], 0);
    END IF;
    IF s.parked > 0 THEN
        waiting := waiting + (SELECT count(*) FROM (
            SELECT 1 FROM live WHERE queue = s.queue AND state = 0 AND (CASE WHEN key IS NULL THEN bench END) <> '' AND priority = p_priority LIMIT p_count + 1) AS found);
    END IF;
    IF waiting <= p_count THEN
        PERFORM stand_plain(s.queue, p_priority);
    END IF;
END $$;
