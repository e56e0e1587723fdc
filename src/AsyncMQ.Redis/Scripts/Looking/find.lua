-- Needs: 01-step, 11-reading
-- Jobs by name.
-- ARGV: 1 parts (bits: 1 payload, 2 result, 4 attempts, 8 logs, 16 dependencies), then each: queue, id.
-- Reply: for each job: its record or false, then what there is of it, as its bits say and as far as it was asked for.

local parts = tonumber(ARGV[1])
local reply = {}
for i = 2, #ARGV, 2 do
  local queue, id = ARGV[i], ARGV[i + 1]
  local record = call('HGET', root .. 'jobs:' .. queue, id)
  reply[#reply + 1] = record
  if record then readParts(queue, id, record, parts, reply) end
end
return reply
