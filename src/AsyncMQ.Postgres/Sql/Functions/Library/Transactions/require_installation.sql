-- Makes sure that a transaction of the user's is on the database of the store that was asked: a schema of the same name may be in another one. AM004: it is not.
CREATE OR REPLACE FUNCTION require_installation(p_installation uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_installation <> (SELECT installation FROM meta) THEN
        RAISE EXCEPTION 'The transaction is on a database that has another installation of AsyncMQ.' USING ERRCODE = 'AM004';
    END IF;
END $$;
