-- Whether somebody wants to hear of a kind at a place; of a queue, or none (NULL), and of a job, or none. The rule is EventInterests.
CREATE OR REPLACE FUNCTION is_wanted(p_kind int, p_queue text, p_id text) RETURNS bool LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM interest WHERE queue = '' AND id = '' AND kinds & p_kind <> 0)
        OR (p_queue IS NOT NULL AND EXISTS (SELECT 1 FROM interest WHERE queue = p_queue AND id = '' AND kinds & p_kind <> 0))
        OR (p_id IS NOT NULL AND EXISTS (SELECT 1 FROM interest WHERE queue = '' AND id = p_id AND kinds & p_kind <> 0))
        OR (p_queue IS NOT NULL AND p_id IS NOT NULL AND EXISTS (SELECT 1 FROM interest WHERE queue = p_queue AND id = p_id AND kinds & p_kind <> 0));
END $$;
