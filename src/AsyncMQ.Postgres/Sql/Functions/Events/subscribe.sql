-- Opens a subscription, or renews it with these interests: kinds, queues and ids, NULL for any. Gives the position of the next event, and whether the
-- subscription was held until now.
CREATE OR REPLACE FUNCTION subscribe(p_id uuid, p_lease interval, p_kinds int[], p_queues text[], p_ids text[])
RETURNS TABLE (next_position bigint, was_held bool) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    c step_context := begin_unnamed();
    queues text[] := ARRAY(SELECT coalesce(w.queue, '') FROM unnest(p_queues) AS w(queue));
    ids text[] := ARRAY(SELECT coalesce(w.id, '') FROM unnest(p_ids) AS w(id));
BEGIN
    was_held := coalesce((SELECT until > c.at FROM subscriber WHERE id = p_id), false);
    DELETE FROM subscriber WHERE until <= c.at AND id <> p_id;
    INSERT INTO subscriber (id, until) VALUES (p_id, add_time(c.at, p_lease)) ON CONFLICT (id) DO UPDATE SET until = excluded.until;

    -- Most renewals want what was wanted before: rows that nobody rewrites need no VACUUM.
    IF EXISTS ((SELECT kinds, queue, id FROM interest WHERE subscriber = p_id) EXCEPT (SELECT * FROM unnest(p_kinds, queues, ids)))
        OR EXISTS ((SELECT * FROM unnest(p_kinds, queues, ids)) EXCEPT (SELECT kinds, queue, id FROM interest WHERE subscriber = p_id)) THEN
        DELETE FROM interest WHERE subscriber = p_id;
        INSERT INTO interest (subscriber, kinds, queue, id) SELECT DISTINCT p_id, w.* FROM unnest(p_kinds, queues, ids) AS w;
    END IF;
    PERFORM note_subscribers();
    next_position := next_event();
    RETURN NEXT;
END $$;
