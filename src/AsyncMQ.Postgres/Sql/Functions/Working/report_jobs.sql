-- Keeps progress (NULL: none was reported) and log lines of claimed jobs. p_line_counts: how many lines of p_lines belong to each. Gives a byte for each job:
-- 0 applied, 1 lost.
CREATE OR REPLACE FUNCTION report_jobs(
    p_session uuid, p_lane int, p_step bigint, p_handles bigint[], p_lanes int[], p_steps bigint[], p_progress bytea[], p_line_counts int[], p_lines bytea[])
RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    most_lines constant int := 1000;
    most_bytes constant int := 65536;
    c step_context := enter(p_session, p_lane, p_step);
    outcomes bytea := '';
    before int := 0;
    job live;
    before_extras smallint;
BEGIN
    IF c.again THEN
        RETURN c.reply;
    END IF;
    FOR i IN 1 .. cardinality(p_handles) LOOP
        job := claimed_job(c, p_handles[i], p_lanes[i], p_steps[i]);
        outcomes := outcomes || CASE WHEN job.handle IS NOT NULL THEN '\x00'::bytea ELSE '\x01'::bytea END;
        IF job.handle IS NOT NULL THEN
            before_extras := job.extras;
            IF p_progress[i] IS NOT NULL THEN
                job := set_extra(job, 4::smallint, p_progress[i]);
                PERFORM tell_job(c, 8, job, p_progress[i]);
            END IF;
            IF p_line_counts[i] > 0 THEN
                INSERT INTO log (handle, place, at, attempt, line)
                SELECT job.handle, nextval('number'), c.at, job.attempt, line FROM unnest(p_lines[before + 1 : before + p_line_counts[i]]) AS l(line);
                -- The newest line is kept, however long it is.
                DELETE FROM log WHERE handle = job.handle AND place <= (
                    SELECT max(place) FROM (
                        SELECT place, row_number() OVER (ORDER BY place DESC) AS nth, sum(length(line)) OVER (ORDER BY place DESC) AS bytes
                        FROM log WHERE handle = job.handle) AS kept
                    WHERE nth > most_lines OR (bytes > most_bytes AND nth > 1));
                job.extras := job.extras | 16::smallint;
                IF c.heard THEN
                    PERFORM tell_job(c, 16, job, NULL, line) FROM unnest(p_lines[before + 1 : before + p_line_counts[i]]) AS l(line);
                END IF;
            END IF;
            IF job.extras <> before_extras THEN
                UPDATE live SET extras = job.extras WHERE handle = job.handle;
            END IF;
        END IF;
        before := before + p_line_counts[i];
    END LOOP;
    PERFORM keep_reply(c, outcomes);
    RETURN outcomes;
END $$;
