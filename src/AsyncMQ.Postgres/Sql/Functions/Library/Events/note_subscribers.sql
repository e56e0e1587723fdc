-- Notes until when somebody subscribes, after subscribers came or went.
CREATE OR REPLACE FUNCTION note_subscribers() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE meta SET events_until = coalesce((SELECT max(until) FROM subscriber), '-infinity');
END $$;
