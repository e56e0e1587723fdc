-- Deletes the record of a closed, empty queue with all that belongs to it, at most a thousand of it in a step: then the answer is 3, and the same again does
-- the next part.
CREATE OR REPLACE FUNCTION delete_queue(p_session uuid, p_lane int, p_step bigint, p_queue text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    c step_context := enter(p_session, p_lane, p_step);
    most constant int := 1000;
    q queue;
    s queue_state;
    tombs int;
    gone int;
    more int;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    SELECT * INTO q FROM queue WHERE name = p_queue;
    IF NOT FOUND THEN
        RETURN answer(c, 1);
    END IF;
    s := state_of(q.id);
    IF NOT q.closed OR EXISTS (SELECT 1 FROM unnest(s.counts) AS n(count) WHERE count > 0) THEN
        RETURN answer(c, 2);
    END IF;

    DELETE FROM tomb WHERE ctid = ANY (ARRAY(SELECT ctid FROM tomb WHERE queue = q.id LIMIT most));
    GET DIAGNOSTICS tombs = ROW_COUNT;
    DELETE FROM dedup WHERE ctid = ANY (ARRAY(SELECT ctid FROM dedup WHERE queue = q.id LIMIT most - tombs));
    GET DIAGNOSTICS more = ROW_COUNT;
    gone := tombs + more;
    gone := gone + delete_schedules_of(q.id, most - gone);
    gone := gone + delete_keys_of(q.id, most - gone);
    gone := gone + drop_figures_of(q.id, most - gone);
    IF gone >= most THEN
        s.tombs := s.tombs - tombs;
        PERFORM save_state(s);
        RETURN answer(c, 3);
    END IF;
    DELETE FROM walk WHERE queue = q.id;
    DELETE FROM queue_work WHERE queue = q.id;
    DELETE FROM queue_state WHERE queue = q.id;
    DELETE FROM queue WHERE id = q.id;
    RETURN answer(c, 0);
END $$;
