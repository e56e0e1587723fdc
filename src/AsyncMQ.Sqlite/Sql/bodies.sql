-- name: write
INSERT INTO body (id, data) VALUES (:id, :data) ON CONFLICT DO UPDATE SET data = excluded.data;

-- name: read
SELECT data FROM body WHERE id = :id;

-- name: delete
DELETE FROM body WHERE id BETWEEN :first AND :last;
