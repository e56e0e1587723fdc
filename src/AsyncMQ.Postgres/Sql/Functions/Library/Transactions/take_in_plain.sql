-- Takes in the first groups all at once, as long as they are plain: so many jobs, or one group if it is larger. Gives how many jobs they have; 0: the first is
-- not plain, or one of their queues is closed.
CREATE OR REPLACE FUNCTION take_in_plain(c step_context, p_most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    numbers bigint[];
    jobs new_job[];
    names text[];
    queues queue[];
    places int[];
    n record;
    place int;
BEGIN
    SELECT array_agg(number) INTO numbers FROM (
        SELECT number, sum(size) OVER earlier AS upto, row_number() OVER earlier AS ordinal, bool_and(plain) OVER earlier AS all_plain
        FROM (SELECT number, size, plain FROM inbox ORDER BY number LIMIT p_most) AS oldest WINDOW earlier AS (ORDER BY number)) AS groups
    WHERE all_plain AND (upto <= p_most OR ordinal = 1);
    IF numbers IS NULL THEN
        RETURN 0;
    END IF;
    SELECT array_agg(j.job ORDER BY t.number, j.ordinal), array_agg(DISTINCT (j.job).queue) INTO jobs, names
    FROM unnest(numbers) AS t(number) CROSS JOIN LATERAL (SELECT inbox.jobs FROM inbox WHERE inbox.number = t.number LIMIT 1) AS i
    CROSS JOIN LATERAL (SELECT ROW(j.*)::new_job AS job, row_number() OVER () AS ordinal FROM unnest(i.jobs) AS j) AS j;
    SELECT array_agg(queue_or_new(name) ORDER BY ordinal) INTO queues FROM unnest(names) WITH ORDINALITY AS q(name, ordinal);
    IF EXISTS (SELECT 1 FROM unnest(queues) WHERE closed) THEN
        RETURN 0;
    END IF;

    DELETE FROM inbox WHERE number = ANY (numbers);
    SELECT array_agg(array_position(names, queue)) AS queues, array_agg(id) AS ids, array_agg(j.name) AS names, array_agg(stamp) AS stamps, array_agg(payload) AS payloads,
        array_agg(envelope) AS envelopes, array_agg(priority) AS priorities, array_agg(flags) AS flags, array_agg(delay) AS delays, array_agg(run_at) AS run_ats, array_agg(ttl) AS ttls
    INTO n FROM unnest(jobs) AS j;
    places := add_plain(
        c, ARRAY(SELECT id FROM unnest(queues) WITH ORDINALITY AS q ORDER BY ordinality), n.queues, n.ids, n.names, n.stamps, n.payloads, n.envelopes, n.priorities, n.flags,
        n.delays, n.run_ats, n.ttls);
    -- Ids that are taken, as far as could be seen.
    FOREACH place IN ARRAY coalesce(places, '{}') LOOP
        PERFORM add_one(c, queues[n.queues[place]], jobs[place]);
    END LOOP;
    RETURN cardinality(jobs);
END $$;
