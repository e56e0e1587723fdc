-- Needs: 01-step
-- The last occurrences of a schedule, oldest first.
-- ARGV: 1 queue, 2 id, 3 how many.   Reply: each packed: due, decided, outcome, the job's id.

return call('LRANGE', root .. 'history:' .. ARGV[1] .. '\0' .. ARGV[2], -ARGV[3], -1)
