-- Whether a job has dependents that have not ended, for whom retention spares it. Those added last mostly end last, so they are looked at first.
CREATE OR REPLACE FUNCTION is_depended_on(p_handle bigint) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
    other bigint;
BEGIN
    FOR other IN SELECT dependent FROM edge WHERE dependency = p_handle ORDER BY dependent DESC, place DESC LOOP
        IF EXISTS (SELECT 1 FROM live WHERE handle = other) THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
