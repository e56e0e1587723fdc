-- What of jobs that depend on others, and of flows, is not as it should be: a sentence each.
CREATE OR REPLACE FUNCTION audit_links() RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH a_link AS (
            SELECT k.*, a.handle IS NOT NULL AS is_there, a.state, a.flags, n.open AS found
            FROM link AS k
            LEFT JOIN LATERAL (
                SELECT handle, state, flags FROM live WHERE live.handle = k.handle UNION ALL SELECT handle, state, flags FROM ended WHERE ended.handle = k.handle LIMIT 1) AS a ON true
            CROSS JOIN LATERAL (SELECT count(*) AS open FROM edge AS e WHERE e.dependent = k.handle AND e.status = 0) AS n),
        an_edge AS (
            SELECT e.*, d.state, d.flags
            FROM edge AS e
            LEFT JOIN LATERAL (
                SELECT state, flags FROM live WHERE live.handle = e.dependency UNION ALL SELECT state, flags FROM ended WHERE ended.handle = e.dependency LIMIT 1) AS d ON true)

        SELECT format('Job %s: what it depends on, or its flow, is not on record.', a.handle)
        FROM (SELECT handle, state, flags FROM live UNION ALL SELECT handle, state, flags FROM ended) AS a
        WHERE (a.flags & 128 <> 0 OR a.state = 3) AND NOT EXISTS (SELECT 1 FROM link WHERE link.handle = a.handle)
        UNION ALL
        SELECT format('Job %s is gone, and its link is not.', handle) FROM a_link WHERE NOT is_there
        UNION ALL
        SELECT format('Job %s: has a link, and is not flagged so.', handle) FROM a_link WHERE flags & 128 = 0
        UNION ALL
        SELECT format('Job %s: counted %s open dependencies, found %s.', handle, open, found) FROM a_link WHERE open <> found
        UNION ALL
        SELECT format('Job %s: waits for other jobs, and depends on none.', handle) FROM a_link WHERE state = 3 AND open <= 0
        UNION ALL
        SELECT format('Job %s: its flow is not on record.', handle) FROM a_link AS k
        WHERE k.flow IS NOT NULL AND NOT EXISTS (SELECT 1 FROM flow AS f WHERE f.number = k.flow)
        UNION ALL
        SELECT DISTINCT format('Job %s has dependencies, and no link.', e.dependent) FROM edge AS e WHERE NOT EXISTS (SELECT 1 FROM link WHERE link.handle = e.dependent)
        UNION ALL
        -- A job in waiting-children waits for an end, for what is left of an effect, or for a person (policy 2).
        SELECT format('Job %s: waits for job ''%s'', which will not %s', e.dependent, e.id,
            CASE e.state WHEN 4 THEN 'tell it that it has completed.' ELSE 'end any more.' END)
        FROM an_edge AS e
        CROSS JOIN LATERAL (SELECT state FROM live WHERE live.handle = e.dependent LIMIT 1) AS w
        CROSS JOIN LATERAL (SELECT policy FROM link WHERE link.handle = e.dependent LIMIT 1) AS k
        WHERE w.state = 3 AND e.status = 0 AND coalesce(e.state >= 4, true) AND (k.policy <> 2 OR coalesce(e.state = 4, false))
          AND NOT EXISTS (SELECT 1 FROM effect AS f WHERE f.dependency = e.dependency)
        UNION ALL
        SELECT DISTINCT format('Job %s: others depend on it, and it is not flagged so.', dependency) FROM an_edge WHERE flags & 8 = 0
        UNION ALL
        SELECT format('Job %s: is in state %s, and those that depend on it are told of state %s.', f.dependency, a.state, f.outcome)
        FROM effect AS f CROSS JOIN LATERAL (
            SELECT state FROM live WHERE live.handle = f.dependency UNION ALL SELECT state FROM ended WHERE ended.handle = f.dependency LIMIT 1) AS a
        WHERE a.state <> f.outcome
        UNION ALL
        SELECT format('What became of job %s stands before what was told already.', f.dependency)
        FROM effect AS f WHERE f.number < (SELECT number FROM effect_floor ORDER BY version DESC LIMIT 1)
        UNION ALL
        SELECT format('%s numbers are noted before which no effect stands.', count(*)) FROM effect_floor HAVING count(*) > 1
        UNION ALL
        SELECT format('Flow ''%s'': none of its jobs is on record.', f.id) FROM flow AS f WHERE NOT EXISTS (SELECT 1 FROM link AS k WHERE k.flow = f.number)
        UNION ALL
        SELECT format('Flow ''%s'': its number was not given out yet.', f.id) FROM flow AS f WHERE f.number > (SELECT last_value FROM number);
END $$;
