-- Needs: 01-step
-- A schedule by name.
-- ARGV: 1 queue, 2 id.   Reply: {the schedule or false}.

return {call('HGET', root .. 'schedules:' .. ARGV[1], ARGV[2])}
