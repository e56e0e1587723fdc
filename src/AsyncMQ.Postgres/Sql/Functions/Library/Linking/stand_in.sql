-- A job of the group was suppressed: the owner of its deduplication id stands for it, until a job of that name is stored (NULL).
CREATE OR REPLACE FUNCTION stand_in(INOUT links group_links, p_queue text, p_id text, p_owner_id text DEFAULT NULL, p_owner bigint DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    place int := array_position(links.suppressed, name_of(p_queue, p_id));
BEGIN
    IF place IS NOT NULL THEN
        links.suppressed[place] := NULL;
    END IF;
    IF p_owner IS NOT NULL THEN
        links.suppressed := links.suppressed || name_of(p_queue, p_id);
        links.stand_in_ids := links.stand_in_ids || p_owner_id;
        links.stand_in_owners := links.stand_in_owners || p_owner;
    END IF;
END $$;
