-- Takes in groups whose transactions have committed: a thousand jobs, or one group if it is larger. Those whose transactions are still open are not seen, and
-- not waited for. Gives whether there was one.
CREATE OR REPLACE FUNCTION take_in(c step_context) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    most constant int := 1000;
    taken int := take_in_plain(c, most);
    deferred inbox;
    answer json;
BEGIN
    FOR deferred IN SELECT * FROM inbox ORDER BY number LIMIT most LOOP
        EXIT WHEN taken > 0 AND taken + deferred.size > most;
        DELETE FROM inbox WHERE number = deferred.number;
        answer := add_group(c, deferred.flow, deferred.jobs);
        IF json_typeof(answer) = 'object' THEN
            PERFORM refuse_group(c, deferred.jobs, answer);
        END IF;
        taken := taken + deferred.size;
    END LOOP;
    IF has_effects() THEN
        PERFORM spread(c);
    END IF;
    RETURN taken > 0;
END $$;
