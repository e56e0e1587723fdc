-- name: find
SELECT id FROM name WHERE text = :text;

-- name: read
SELECT text FROM name WHERE id = :id;

-- name: add
INSERT INTO name (text) VALUES (:text) RETURNING id;
