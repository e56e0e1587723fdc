-- A sentence for each thing that is not as it should be with jobs, queues and sessions.
CREATE OR REPLACE FUNCTION audit_store() RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        WITH placed AS (SELECT * FROM live UNION ALL SELECT * FROM ended),
        state AS (
            SELECT q.id, q.name, s.* FROM queue AS q
            LEFT JOIN LATERAL (SELECT * FROM queue_state WHERE queue_state.queue = q.id ORDER BY version DESC LIMIT 1) AS s ON true),
        found AS (
            SELECT queue, ARRAY[count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 2), count(*) FILTER (WHERE state = 3),
                    count(*) FILTER (WHERE state = 4), count(*) FILTER (WHERE state = 5), count(*) FILTER (WHERE state = 6), count(*) FILTER (WHERE state = 7)] AS counts,
                count(*) FILTER (WHERE state = 0 AND priority <> 5) AS prioritized, count(*) FILTER (WHERE state = 0 AND bench <> '' AND key IS NULL) AS parked,
                count(*) FILTER (WHERE state = 0 AND key IS NOT NULL) AS keyed, count(*) FILTER (WHERE state = 0 AND key IS NOT NULL AND bench <> '') AS keyed_parked
            FROM placed GROUP BY queue),
        levels AS (
            SELECT queue, array_agg(priority) AS levels, array_agg(count) AS counts, array_agg(first) AS firsts FROM (
                SELECT queue, priority, count(*) AS count, min(sequence) AS first FROM live WHERE state = 0 AND bench = '' AND key IS NULL
                GROUP BY queue, priority ORDER BY queue, priority) AS each_level
            GROUP BY queue)
        SELECT format('Queue ''%s'': its counts are not on record.', name) FROM state WHERE queue IS NULL
        UNION ALL
        SELECT format('Queue ''%s'' has %s rows of counts.', q.name, count(*)) FROM queue AS q JOIN queue_state AS s ON s.queue = q.id GROUP BY q.id HAVING count(*) > 1
        UNION ALL
        SELECT format('Queue ''%s'': counts do not match its jobs. Counted %s/%s/%s/%s/%s, found %s/%s/%s/%s/%s.', s.name, s.counts, s.prioritized, s.parked, s.keyed,
            s.keyed_parked, f.counts, f.prioritized, f.parked, f.keyed, f.keyed_parked)
        FROM state AS s LEFT JOIN found AS f ON f.queue = s.id
        WHERE (s.counts, s.prioritized, s.parked, s.keyed, s.keyed_parked) IS DISTINCT FROM (coalesce(f.counts, '{0,0,0,0,0,0,0,0}'), coalesce(f.prioritized, 0),
            coalesce(f.parked, 0), coalesce(f.keyed, 0), coalesce(f.keyed_parked, 0))
        UNION ALL
        SELECT format('Queue ''%s'': its priorities are not those of its jobs. Noted %s with %s, found %s with %s.', s.name, s.levels, s.level_counts, l.levels, l.counts)
        FROM state AS s LEFT JOIN levels AS l ON l.queue = s.id
        WHERE s.levels IS NOT NULL AND (s.levels, s.level_counts) IS DISTINCT FROM (coalesce(l.levels, '{}'), coalesce(l.counts, '{}'))
        UNION ALL
        SELECT format('Queue ''%s'': a job waits before the place from which claims begin: %s, and %s is first.', s.name, s.level_floors, l.firsts)
        FROM state AS s JOIN levels AS l ON l.queue = s.id
        WHERE s.levels IS NOT NULL AND EXISTS (SELECT 1 FROM unnest(s.level_floors, l.firsts) AS p(floor, first) WHERE floor > first)
        UNION ALL
        SELECT format('Queue ''%s'': counted %s tombstones, found %s.', name, tombs, (SELECT count(*) FROM tomb AS t WHERE t.queue = s.id)) FROM state AS s
        WHERE tombs <> (SELECT count(*) FROM tomb AS t WHERE t.queue = s.id)
        UNION ALL
        SELECT format('Queue ''%s'': a delayed job is due before the time noted for the queue.', name) FROM state AS s
        WHERE s.next_due > (SELECT min(due) FROM live AS l WHERE l.queue = s.id AND l.state = 2)
        UNION ALL
        SELECT format('Job %s (''%s''): its queue is not on record.', handle, id) FROM job AS j WHERE NOT EXISTS (SELECT 1 FROM queue AS q WHERE q.id = j.queue)
        UNION ALL
        SELECT format('Job %s (''%s''): is in %s places.', j.handle, j.id, count(p.handle)) FROM job AS j LEFT JOIN placed AS p ON p.handle = j.handle
        GROUP BY j.handle HAVING count(p.handle) <> 1
        UNION ALL
        SELECT format('Job %s has a place, and no record of its own, or in another queue.', handle) FROM placed AS p
        WHERE NOT EXISTS (SELECT 1 FROM job AS j WHERE j.handle = p.handle AND j.queue = p.queue)
        UNION ALL
        SELECT format('Job %s: state %s is in the wrong table.', handle, state) FROM live WHERE state NOT BETWEEN 0 AND 3
        UNION ALL
        SELECT format('Job %s: state %s is in the wrong table.', handle, state) FROM ended WHERE state NOT BETWEEN 4 AND 7
        UNION ALL
        SELECT format('Job %s: state %s does not go with its other facts.', handle, state) FROM placed
        WHERE (state = 2) <> (due IS NOT NULL) OR (bench <> '' AND state <> 0) OR (cancel AND state <> 1) OR (key IS NULL) <> (flags & 2 = 0)
           OR (state = 1 AND (session IS NULL OR lane IS NULL OR step IS NULL OR started IS NULL)) OR (state = 3 AND (expires IS NOT NULL OR flags & 128 = 0))
        UNION ALL
        SELECT format('Job %s: claimed by a session that is not on record.', handle) FROM live AS l
        WHERE state = 1 AND NOT EXISTS (SELECT 1 FROM session AS s WHERE s.key = l.session)
        UNION ALL
        SELECT format('Job %s: claimed by a session that is known to have no claims.', handle) FROM live AS l
        WHERE state = 1 AND EXISTS (SELECT 1 FROM session AS s WHERE s.key = l.session AND s.claims_from = 'infinity')
        UNION ALL
        SELECT format('Job %s: its number was not given out yet.', handle) FROM placed WHERE greatest(handle, sequence) > (SELECT last_value FROM number)
        UNION ALL
        SELECT format('A row of %s belongs to job %s, which %s', side.kind, side.handle, CASE WHEN p.handle IS NULL THEN 'is gone.' ELSE 'does not know of it.' END)
        FROM (
            SELECT DISTINCT 'extra' AS kind, handle, kind AS bit FROM extra
            UNION ALL SELECT DISTINCT 'attempt', handle, 8 FROM attempt
            UNION ALL SELECT DISTINCT 'log', handle, 16 FROM log
            UNION ALL SELECT 'completion', handle, 32 FROM completion WHERE settled) AS side
        LEFT JOIN placed AS p ON p.handle = side.handle WHERE p.handle IS NULL OR p.extras & side.bit = 0
        UNION ALL
        SELECT format('Job %s lacks bytes that it says it has.', handle) FROM placed AS p
        WHERE EXISTS (SELECT 1 FROM unnest('{1,2,4}'::int[]) AS bit WHERE p.extras & bit <> 0 AND NOT EXISTS (SELECT 1 FROM extra AS x WHERE x.handle = p.handle AND x.kind = bit))
        UNION ALL
        SELECT format('Job %s lacks the completion that it says it has.', handle) FROM placed AS p
        WHERE p.extras & 32 <> 0 AND NOT EXISTS (SELECT 1 FROM completion AS x WHERE x.handle = p.handle AND x.settled)
        UNION ALL
        SELECT format('Deduplication id ''%s'': %s', d.id,
            CASE WHEN coalesce(p.state >= 4, true) THEN 'its owner has ended, and it was not freed.' ELSE 'its owner has not ended, and it is marked as free.' END)
        FROM dedup AS d LEFT JOIN placed AS p ON p.handle = d.owner
        WHERE (d.free_at IS NULL) = coalesce(p.state >= 4, true) OR (d.free_at IS NOT NULL AND (d.kept).id IS NOT NULL)
        UNION ALL
        SELECT format('Session %s is gone, and a reply of its lane %s is not.', l.session, l.lane) FROM lane AS l
        WHERE NOT EXISTS (SELECT 1 FROM session AS s WHERE s.key = l.session AND s.ended IS NULL)
        UNION ALL
        SELECT format('Queue ''%s'' may have work at %s, and is listed at %s, in its counts at %s.', s.name,
            CASE WHEN s.counts[1] > 0 THEN '-infinity' WHEN s.counts[3] > 0 THEN s.next_due ELSE 'infinity' END, w.at, s.listed_at)
        FROM state AS s LEFT JOIN queue_work AS w ON w.queue = s.id
        WHERE (w.version IS NOT NULL AND w.version <> s.listed) OR s.listed_at <> coalesce(w.at, 'infinity') OR s.listed_at <> CASE WHEN s.counts[1] > 0 THEN '-infinity' WHEN s.counts[3] > 0 THEN s.next_due ELSE 'infinity' END
        UNION ALL
        SELECT format('Lane %s of session %s keeps %s replies.', lane, session, count(*)) FROM lane GROUP BY lane, session HAVING count(*) > 1;
END $$;
