-- What time does to jobs of the queues asked for that do not run: their time-to-live ends, or their delay; keys open. So many of each at most.
CREATE OR REPLACE FUNCTION pass_time(c step_context, p_queues queue[], p_most int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    left_over int := p_most;
    q queue;
BEGIN
    FOREACH q IN ARRAY p_queues LOOP
        IF q.id IS NOT NULL AND left_over > 0 THEN
            left_over := left_over - expire_due(c, q.id, left_over);
        END IF;
    END LOOP;
    left_over := p_most;
    FOREACH q IN ARRAY p_queues LOOP
        IF q.id IS NOT NULL AND left_over > 0 THEN
            left_over := left_over - promote_due(c, q.id, left_over);
        END IF;
    END LOOP;
    FOREACH q IN ARRAY p_queues LOOP
        IF q.id IS NOT NULL THEN
            PERFORM open_due_keys(c, q);
        END IF;
    END LOOP;
END $$;
