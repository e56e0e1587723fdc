-- name: add-line
INSERT INTO log (handle, at, attempt, text) VALUES (:handle, :at, :attempt, :text);

-- name: trim
-- Keeps the last lines: no more than so many, and no more than so much text.
DELETE FROM log WHERE id IN (
    SELECT id FROM (
        SELECT id,
            row_number() OVER (ORDER BY id DESC) AS place,
            sum(octet_length(text)) OVER (ORDER BY id DESC) AS bytes
        FROM log WHERE handle = :handle)
    WHERE place > :most_lines OR bytes > :most_bytes);
