-- Removes ended jobs of a queue of which nobody is to hear and with which nobody is tied, all at once.
CREATE OR REPLACE FUNCTION remove_plain(p_queue int, p_handles bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s queue_state := state_of(p_queue);
    removed record;
BEGIN
    FOR removed IN
        WITH gone AS (DELETE FROM ended WHERE handle = ANY (p_handles) RETURNING handle, state, extras)
        SELECT state, count(*) AS count, array_agg(handle) FILTER (WHERE extras & 7 <> 0) AS extras, array_agg(handle) FILTER (WHERE extras & 8 <> 0) AS attempts,
            array_agg(handle) FILTER (WHERE extras & 16 <> 0) AS logs, array_agg(handle) FILTER (WHERE extras & 32 <> 0) AS completions
        FROM gone GROUP BY state
    LOOP
        s.counts[removed.state + 1] := s.counts[removed.state + 1] - removed.count;
        IF removed.extras IS NOT NULL THEN
            DELETE FROM extra WHERE handle = ANY (removed.extras);
        END IF;
        IF removed.attempts IS NOT NULL THEN
            DELETE FROM attempt WHERE handle = ANY (removed.attempts);
        END IF;
        IF removed.logs IS NOT NULL THEN
            DELETE FROM log WHERE handle = ANY (removed.logs);
        END IF;
        IF removed.completions IS NOT NULL THEN
            DELETE FROM completion WHERE handle = ANY (removed.completions);
        END IF;
    END LOOP;
    DELETE FROM job WHERE handle = ANY (p_handles);
    PERFORM save_state(s);
END $$;
