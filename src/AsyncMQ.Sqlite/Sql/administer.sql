-- name: session-id
SELECT id FROM session WHERE key = :key;
