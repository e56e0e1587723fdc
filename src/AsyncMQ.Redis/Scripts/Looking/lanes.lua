-- Needs: 01-step
-- The names under which jobs of a queue are parked.
-- ARGV: 1 queue.   Reply: the names.

return call('SMEMBERS', root .. 'lanes:' .. ARGV[1])
