-- Creates a schedule, or replaces it, if it is of the revision expected (NULL: there must be none). p_paused NULL: as it is, a new one not.
-- Answer: one row: a byte of outcome, as in tick_schedule, and the schedule as it is now.
CREATE OR REPLACE FUNCTION upsert_schedule(
    p_session uuid, p_lane int, p_step bigint, p_queue text, p_id text, p_expected bigint, p_next timestamptz, p_paused bool, p_definition bytea)
RETURNS TABLE (reply bytea, queue text, id text, revision bigint, next timestamptz, paused bool, runs bigint, created timestamptz, fired timestamptz, last_job text,
    definition bytea) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    answer bytea := c.reply;
    s schedule;
    q queue;
BEGIN
    IF NOT c.again THEN
        s := schedule_of(p_queue, p_id);
        IF EXISTS (SELECT 1 FROM queue WHERE name = p_queue AND closed) THEN
            answer := '\x03';
        ELSIF s.revision IS DISTINCT FROM p_expected THEN
            answer := CASE WHEN s.key IS NULL THEN '\x01'::bytea ELSE '\x02'::bytea END;
        ELSE
            IF s.key IS NULL THEN
                q := queue_or_new(p_queue);
                INSERT INTO schedule (key, queue, id, place, revision, created, definition)
                VALUES (nextval('number'), q.id, p_id, place_of(p_id), 0, c.at, p_definition) RETURNING * INTO s;
            ELSIF s.definition <> p_definition THEN
                UPDATE schedule SET definition = p_definition WHERE key = s.key;
            END IF;
            PERFORM revise_schedule(s, p_next, coalesce(p_paused, s.paused));
            answer := '\x00';
            PERFORM keep_reply(c, answer);
        END IF;
    END IF;
    RETURN QUERY SELECT answer, r.* FROM (SELECT 1) AS one LEFT JOIN LATERAL schedule_records(schedule_of(p_queue, p_id)) AS r ON true;
END $$;
