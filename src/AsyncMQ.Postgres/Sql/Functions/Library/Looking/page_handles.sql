-- The handles of one page of one state, in its order, or walked backwards: waiting by priority and sequence, delayed by due time, active by start (ties by
-- order of adding), waiting-children by order of adding, the ended ones by their end, latest first. Behind the place given, if one is: what of priority,
-- time and sequence the state's order is made of.
CREATE OR REPLACE FUNCTION page_handles(
    p_queue int, p_state smallint, p_take int, p_skip int, p_reverse bool, p_priority int, p_time timestamptz, p_sequence bigint)
RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    source text;
    keys text[];
    behind text;
    ordering text;
    walk text;
    handles bigint[];
    is_down bool := p_reverse <> (p_state >= 4);
BEGIN
    source := CASE WHEN p_state >= 4 THEN 'ended WHERE queue = $1 AND state = $2'
        WHEN p_state = 0 THEN 'live WHERE queue = $1 AND state = 0 AND %s'
        WHEN p_state = 1 THEN 'live WHERE queue = $1 AND state = 1 AND session = ANY (ARRAY(SELECT key FROM session))'
        ELSE format('live WHERE queue = $1 AND state = %s', p_state) END;
    keys := CASE p_state WHEN 0 THEN ARRAY['priority', 'sequence'] WHEN 1 THEN ARRAY['started', 'handle'] WHEN 2 THEN ARRAY['due', 'handle'] WHEN 3 THEN ARRAY['handle']
        ELSE ARRAY['since', 'sequence'] END;
    ordering := array_to_string(keys, CASE WHEN is_down THEN ' DESC, ' ELSE ', ' END) || CASE WHEN is_down THEN ' DESC' ELSE '' END;
    behind := CASE WHEN p_sequence IS NULL THEN ''
        ELSE format(' AND (%s) %s (%s)', array_to_string(keys, ', '), CASE WHEN is_down THEN '<' ELSE '>' END,
            CASE WHEN p_state = 0 THEN '$3, $5' WHEN p_state = 3 THEN '$5' ELSE '$4, $5' END) END;
    walk := format('SELECT * FROM %s%s ORDER BY %s', source, behind, ordering);
    IF p_state = 0 THEN
        -- Those that are parked or have keys stand in an index of their own.
        walk := format('SELECT * FROM ((%s LIMIT $6 + $7) UNION ALL (%s LIMIT $6 + $7)) AS both_kinds ORDER BY %s',
            format(walk, 'bench = '''' AND key IS NULL'), format(walk, 'coalesce(nullif(bench, ''''), key) IS NOT NULL'), ordering);
    END IF;
    EXECUTE format('SELECT array_agg(handle) FROM (%s LIMIT $6 OFFSET $7) AS page', walk) INTO handles
    USING p_queue, p_state, p_priority, p_time, p_sequence, p_take::bigint, p_skip::bigint;
    RETURN coalesce(handles, '{}');
END $$;
