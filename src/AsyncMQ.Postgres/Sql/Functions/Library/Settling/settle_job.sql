-- Settles one claim. Kinds as in SettlementKind. Gives 0 applied, 1 lost, 2 cancelled.
CREATE OR REPLACE FUNCTION settle_job(c step_context, p_handle bigint, p_lane int, p_step bigint, p_kind smallint, p_data bytea, p_delay interval)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    job live;
    due timestamptz := add_time(c.at, p_delay);
    done bytea;
BEGIN
    job := claimed_job(c, p_handle, p_lane, p_step);
    IF job.handle IS NULL THEN
        RETURN 1;
    END IF;

    -- A transaction of the handler completed it: whatever is said now, that has happened.
    done := completed_in(p_handle);
    IF done IS NOT NULL THEN
        PERFORM complete_job(c, job, CASE WHEN p_kind = 0 THEN p_data ELSE '' END);
        RETURN 0;
    END IF;

    -- One that was asked to stop has come back: it is cancelled, whatever the settlement says.
    IF job.cancel THEN
        IF p_kind >= 4 THEN
            job.attempt := job.attempt - 1;
        ELSE
            job := record_error(c, job, 4::smallint, CASE WHEN p_kind <> 0 THEN p_data END);
        END IF;
        PERFORM finish_job(c, job, 7::smallint);
        RETURN 2;
    END IF;

    CASE p_kind
    WHEN 0 THEN -- complete
        job := set_extra(job, 1::smallint, p_data);
        PERFORM finish_job(c, job, 4::smallint);
        RETURN 0;
    WHEN 1 THEN -- fail
        job := record_error(c, job, 1::smallint, p_data);
        PERFORM finish_job(c, job, 5::smallint, p_data);
        RETURN 0;
    WHEN 2 THEN -- retry
        job := record_error(c, job, 0::smallint, p_data);
        job := run_again(c, job, p_delay);
    WHEN 3 THEN -- put back
        job := record_error(c, job, 2::smallint, p_data);
        job.attempt := job.attempt - 1;
        job := run_again(c, job, p_delay);
    WHEN 5 THEN -- park
        job.attempt := job.attempt - 1;
        PERFORM return_permit(job);
        job := move_job(c, job, 0::smallint, (SELECT name FROM job WHERE handle = p_handle));
    ELSE -- hand back, hold queue, hold key
        job.attempt := job.attempt - 1;
        IF p_kind = 4 AND p_delay > '0' THEN
            job := run_again(c, job, p_delay);
        ELSE
            IF p_kind > 5 THEN
                PERFORM hold_back(c, job, p_kind = 7, due);
            END IF;
            job := move_job(c, job, 0::smallint);
        END IF;
    END CASE;
    -- 64 retrying, 128 returned.
    PERFORM tell_job(c, CASE p_kind WHEN 2 THEN 64 ELSE 128 END, job, p_data);
    RETURN 0;
END $$;
