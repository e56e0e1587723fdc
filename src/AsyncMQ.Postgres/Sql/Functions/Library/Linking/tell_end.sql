-- Tells so many dependents at most what became of the job that they depend on. An edge that is open when this comes to it is decided, also one opened since:
-- as long as the effect is there, the job stayed in the state that it tells of. Gives how many it came to, and which of them nothing holds back any more.
CREATE OR REPLACE FUNCTION tell_end(c step_context, e effect, p_most int, OUT told int, OUT is_done bool, OUT free bigint[]) LANGUAGE plpgsql AS $$
DECLARE
    dependents bigint[];
    places int[];
    waiting bigint[];
    decided bigint[];
    failed bigint[];
    other_queue text;
    other_id text;
    error bytea;
    job live;
BEGIN
    SELECT array_agg(f.dependent), array_agg(f.place), array_agg(f.dependent) FILTER (WHERE f.status = 0 AND f.nth <= p_most), min(f.queue), min(f.id)
    INTO dependents, places, waiting, other_queue, other_id
    FROM (
        SELECT dependent, place, status, queue, id, row_number() OVER (ORDER BY dependent, place) AS nth FROM edge
        WHERE dependency = e.dependency AND (dependent, place) > (e.after, e.after_place) ORDER BY dependent, place LIMIT p_most + 1) AS f;
    told := least(coalesce(cardinality(dependents), 0), p_most);
    is_done := coalesce(cardinality(dependents), 0) <= p_most;

    IF waiting IS NOT NULL THEN
        -- Under policy 2 only a completion decides.
        WITH counted AS (
            UPDATE link SET open = greatest(open - 1, 0) WHERE handle = ANY (waiting) AND (e.outcome = 4 OR policy <> 2) RETURNING handle, open, policy)
        SELECT array_agg(handle), array_agg(handle ORDER BY handle) FILTER (WHERE open = 0 AND (e.outcome = 4 OR policy = 1)),
            array_agg(handle) FILTER (WHERE e.outcome <> 4 AND policy = 0)
        INTO decided, free, failed FROM counted;
        UPDATE edge SET status = CASE e.outcome WHEN 4 THEN 1 ELSE 2 END WHERE dependency = e.dependency AND dependent = ANY (decided) AND status = 0;

        IF failed IS NOT NULL THEN
            error := dependency_error(other_queue, other_id, e.outcome);
            FOR job IN SELECT * FROM live WHERE handle = ANY (failed) AND state = 3 ORDER BY handle LOOP
                PERFORM fail_job(c, job, error);
            END LOOP;
        END IF;
        IF cardinality(decided) IS DISTINCT FROM cardinality(waiting) THEN
            PERFORM fail_damaged(c, e.dependency, waiting);
        END IF;
    END IF;

    IF is_done THEN
        DELETE FROM effect WHERE number = e.number;
    ELSE
        UPDATE effect SET after = dependents[told], after_place = places[told] WHERE number = e.number;
    END IF;
END $$;
