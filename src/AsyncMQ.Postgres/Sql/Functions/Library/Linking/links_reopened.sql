-- A job that had ended is to run again. What of its end was not told yet is taken back; p_standings: how it stands to its own dependencies, by standings_of.
CREATE OR REPLACE FUNCTION links_reopened(job live, p_places int[], p_standings smallint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF job.flags & 8 <> 0 THEN
        DELETE FROM effect WHERE dependency = job.handle;
    END IF;
    IF cardinality(p_places) > 0 THEN
        UPDATE edge SET status = p_standings[array_position(p_places, place)]
        WHERE dependent = job.handle AND status <> p_standings[array_position(p_places, place)];
        UPDATE link SET open = (SELECT count(*) FROM unnest(p_standings) AS s(status) WHERE status = 0) WHERE handle = job.handle;
    END IF;
END $$;
