-- What of jobs that depend on others, and of flows, is not as it should be: a sentence each.
CREATE OR REPLACE FUNCTION audit_links() RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH a_job AS (
        SELECT l.handle, j.id, l.state, l.flags FROM (SELECT * FROM live UNION ALL SELECT * FROM ended) AS l JOIN job AS j ON j.handle = l.handle),
    counted AS (SELECT dependent, count(*) FILTER (WHERE status = 0) AS open FROM edge GROUP BY dependent)

    SELECT format('Job %s (''%s''): what it depends on, or its flow, is not on record.', a.handle, a.id)
    FROM a_job AS a WHERE a.flags & 128 <> 0 AND NOT EXISTS (SELECT 1 FROM link WHERE link.handle = a.handle)
    UNION ALL
    SELECT format('Job %s (''%s''): has a link, and is not flagged so.', a.handle, a.id) FROM link AS k JOIN a_job AS a ON a.handle = k.handle WHERE a.flags & 128 = 0
    UNION ALL
    SELECT format('Job %s is gone, and its link is not.', k.handle) FROM link AS k WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.handle = k.handle)
    UNION ALL
    SELECT DISTINCT format('Job %s has dependencies, and no link.', e.dependent) FROM edge AS e WHERE NOT EXISTS (SELECT 1 FROM link WHERE link.handle = e.dependent)
    UNION ALL
    SELECT format('Job %s: counted %s open dependencies, found %s.', k.handle, k.open, coalesce(n.open, 0))
    FROM link AS k LEFT JOIN counted AS n ON n.dependent = k.handle WHERE k.open <> coalesce(n.open, 0)
    UNION ALL
    SELECT format('Job %s (''%s''): waits for other jobs, and depends on none.', a.handle, a.id)
    FROM a_job AS a LEFT JOIN link AS k ON k.handle = a.handle WHERE a.state = 3 AND coalesce(k.open, 0) <= 0
    UNION ALL
    -- A job in waiting-children waits for an end, for what is left of an effect, or for a person (policy 2).
    SELECT format('Job %s (''%s''): waits for job ''%s'', which will not %s', a.handle, a.id, e.id,
        CASE d.state WHEN 4 THEN 'tell it that it has completed.' ELSE 'end any more.' END)
    FROM a_job AS a JOIN link AS k ON k.handle = a.handle JOIN edge AS e ON e.dependent = a.handle AND e.status = 0 LEFT JOIN a_job AS d ON d.handle = e.dependency
    WHERE a.state = 3 AND coalesce(d.state >= 4, true) AND (k.policy <> 2 OR coalesce(d.state = 4, false))
      AND NOT EXISTS (SELECT 1 FROM effect AS f WHERE f.dependency = e.dependency)
    UNION ALL
    SELECT DISTINCT format('Job %s (''%s''): others depend on it, and it is not flagged so.', d.handle, d.id)
    FROM edge AS e JOIN a_job AS d ON d.handle = e.dependency WHERE d.flags & 8 = 0
    UNION ALL
    SELECT format('Job %s (''%s''): is in state %s, and those that depend on it are told of state %s.', a.handle, a.id, a.state, f.outcome)
    FROM effect AS f JOIN a_job AS a ON a.handle = f.dependency WHERE a.state <> f.outcome
    UNION ALL
    SELECT format('What became of job %s stands before what was told already.', f.dependency)
    FROM effect AS f WHERE f.number < (SELECT number FROM effect_floor ORDER BY version DESC LIMIT 1)
    UNION ALL
    SELECT format('%s numbers are noted before which no effect stands.', count(*)) FROM effect_floor HAVING count(*) > 1
    UNION ALL
    SELECT format('Flow ''%s'': none of its jobs is on record.', f.id) FROM flow AS f WHERE NOT EXISTS (SELECT 1 FROM link AS k WHERE k.flow = f.number)
    UNION ALL
    SELECT format('Flow ''%s'': its number was not given out yet.', f.id) FROM flow AS f WHERE f.number > (SELECT last_value FROM number)
    UNION ALL
    SELECT format('Job %s: its flow is not on record.', k.handle)
    FROM link AS k WHERE k.flow IS NOT NULL AND NOT EXISTS (SELECT 1 FROM flow AS f WHERE f.number = k.flow)
$$;
