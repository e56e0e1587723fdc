-- What workers measured.

-- name: read
SELECT figures FROM metric WHERE queue = :queue AND resolution = :resolution AND start = :start AND name = :name;

-- name: write
INSERT INTO metric (queue, resolution, start, name, figures) VALUES (:queue, :resolution, :start, :name, :figures)
ON CONFLICT DO UPDATE SET figures = excluded.figures;

-- name: count-names
SELECT count(*) FROM metric WHERE queue = :queue AND resolution = :resolution AND start = :start;

-- name: find
SELECT m.start, n.text, m.figures FROM metric AS m LEFT JOIN name AS n ON n.id = m.name
WHERE m.queue = :queue AND m.resolution = :resolution AND m.start >= :first AND m.start < :end ORDER BY m.start;

-- name: delete-old
DELETE FROM metric WHERE (queue, resolution, start, name) IN (
    SELECT queue, resolution, start, name FROM metric INDEXED BY metric_age WHERE resolution = :resolution AND start < :first LIMIT :limit);

-- name: delete-of-queue
DELETE FROM metric WHERE (queue, resolution, start, name) IN (
    SELECT queue, resolution, start, name FROM metric WHERE queue = :queue LIMIT :limit);
