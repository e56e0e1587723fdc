-- Needs: 01-step, 13-schedules
-- Schedules of a queue, in order of id.
-- ARGV: 1 queue, 2 behind which id, or '', 3 how many.   Reply: each: id, schedule.

local reply = {}
local keys = call('ZRANGE', root .. 'scheduleIds:' .. ARGV[1], ARGV[2] == '' and '-' or '(' .. sortable(ARGV[2]), '+', 'BYLEX', 'LIMIT', 0, ARGV[3])
for _, key in ipairs(keys) do
  local id = unsorted(key)
  reply[#reply + 1] = id
  reply[#reply + 1] = call('HGET', root .. 'schedules:' .. ARGV[1], id)
end
return reply
