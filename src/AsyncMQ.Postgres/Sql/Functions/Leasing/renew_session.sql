-- Renews a lease. No row: the session is dead or unknown. One that is past its lease, but not declared dead, is renewed. The first row tells whether it is
-- quiet, and how many claims it holds; each further one a claim whose job was asked to stop.
CREATE OR REPLACE FUNCTION renew_session(p_id uuid, p_held int)
RETURNS TABLE (quiet bool, claims int, queue text, id text, handle bigint, lane int, step bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    c step_context;
    kept session;
BEGIN
    c := begin_unnamed();
    -- Of claims that were settled since before the oldest one, the rows may be dead and still there.
    UPDATE session AS s SET seen = c.at, held = p_held, claims_from = coalesce(
        (SELECT min(l.started) FROM live AS l WHERE l.state = 1 AND l.session = s.key AND l.started >= s.claims_from), c.at)
    WHERE s.id = p_id AND s.ended IS NULL RETURNING s.* INTO kept;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF kept.lease IS NOT NULL THEN
        PERFORM note_renewal(kept.lease, c.at);
    END IF;
    RETURN QUERY SELECT kept.quiet, (SELECT count(*)::int FROM live AS l WHERE l.state = 1 AND l.session = kept.key AND l.started >= kept.claims_from), NULL::text, NULL::text, NULL::bigint, NULL::int, NULL::bigint;
    RETURN QUERY
        SELECT kept.quiet, 0, (SELECT q.name FROM queue AS q WHERE q.id = l.queue), (SELECT j.id FROM job AS j WHERE j.handle = l.handle), l.handle, l.lane, l.step
        FROM live AS l WHERE l.state = 1 AND l.session + 0 = kept.key AND l.cancel ORDER BY l.started, l.handle;
END $$;
