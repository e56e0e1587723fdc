-- Takes in what a worker says of its claims; NULL columns: all are complete, without results, without delays. Gives a byte for each.
CREATE OR REPLACE FUNCTION settle_all(
    c step_context, p_handles bigint[], p_lanes int[], p_steps bigint[], p_kinds smallint[], p_data bytea[], p_delays interval[])
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    count int := cardinality(p_handles);
    applied bigint[];
    outcomes bytea := decode(repeat('00', count), 'hex');
    settled record;
BEGIN
    IF p_kinds IS NULL THEN
        applied := complete_plain(c, p_handles, p_lanes, p_steps, p_data);
    ELSIF 0 = ANY (p_kinds) THEN
        SELECT complete_plain(c, array_agg(handle), array_agg(lane), array_agg(step), array_agg(data)) INTO applied
        FROM unnest(p_handles, p_lanes, p_steps, p_kinds, p_data) AS s(handle, lane, step, kind, data) WHERE kind = 0;
    END IF;
    IF cardinality(applied) = count THEN
        RETURN outcomes;
    END IF;

    FOR settled IN
        SELECT * FROM unnest(p_handles, p_lanes, p_steps, p_kinds, p_data, p_delays) WITH ORDINALITY AS s(handle, lane, step, kind, data, delay, place)
        WHERE coalesce(kind, 0) <> 0 OR applied IS NULL OR handle <> ALL (applied) OR place <> array_position(p_handles, handle)
        ORDER BY place
    LOOP
        outcomes := set_byte(outcomes, settled.place::int - 1,
            settle_job(c, settled.handle, settled.lane, settled.step, coalesce(settled.kind, 0::smallint), coalesce(settled.data, ''), coalesce(settled.delay, '0')));
    END LOOP;
    RETURN outcomes;
END $$;
