-- A job's name in one text: neither queues nor ids have a tab.
CREATE OR REPLACE FUNCTION name_of(p_queue text, p_id text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT p_queue || E'\t' || p_id $$;
