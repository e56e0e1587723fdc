-- A job is parked: it gives back the latest permit of its queue that was spent, and that of its key.
CREATE OR REPLACE FUNCTION return_permit(job live) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
