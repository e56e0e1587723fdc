-- Needs: 01-step, 11-reading
-- Jobs by name.
-- ARGV: 1 parts (bits: 1 payload, 2 result, 4 attempts, 8 logs, 16 dependencies), then each: queue, id.
-- Reply: each as readJob has it.

local parts = tonumber(ARGV[1])
local reply = {}
for i = 2, #ARGV, 2 do
  readJob(ARGV[i], ARGV[i + 1], parts, reply)
end
return reply
