-- Where the jobs of a group stand in it, from 1, by their names: the first of equals.
CREATE OR REPLACE FUNCTION places_of(p_jobs new_job[]) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    job new_job;
    names text[] := '{}';
BEGIN
    FOREACH job IN ARRAY p_jobs LOOP
        names := names || name_of(job.queue, job.id);
    END LOOP;
    RETURN (SELECT jsonb_object_agg(name, place) FROM (SELECT name, min(place) AS place FROM unnest(names) WITH ORDINALITY AS n(name, place) GROUP BY name) AS firsts);
END $$;
