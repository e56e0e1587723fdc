-- A job is gone that others depend on, or that has a link. Its dependents are to be told, unless it had ended: then they were, or what is left to tell stands
-- in the list still. Its link goes with it, and its flow with the last of its jobs.
CREATE OR REPLACE FUNCTION links_gone(job live) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    left_flow bigint;
BEGIN
    IF job.flags & 8 <> 0 AND job.state < 4 THEN
        PERFORM links_ended(job);
    END IF;
    IF job.flags & 128 <> 0 THEN
        DELETE FROM edge WHERE dependent = job.handle;
        DELETE FROM link WHERE handle = job.handle RETURNING flow INTO left_flow;
        -- The jobs of a flow mostly go in the order in which they came: the last one is found over none that is gone.
        IF left_flow IS NOT NULL AND (SELECT handle FROM link WHERE flow = left_flow ORDER BY handle DESC LIMIT 1) IS NULL THEN
            DELETE FROM flow WHERE number = left_flow;
        END IF;
    END IF;
END $$;
