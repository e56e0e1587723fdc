-- Needs: 01-step, 11-reading
-- One page of the jobs of a flow, in order of adding.
-- ARGV: 1 flow, 2 only behind the job of this handle, 3 take, 4 parts.
-- Reply: {the handle of the last one when there is more else 0, then each: queue, id, and the job as readJob has it}.

local take, parts = tonumber(ARGV[3]), tonumber(ARGV[4])
local found = call('ZRANGE', root .. 'flowJobs:' .. ARGV[1], '(' .. ARGV[2], '+inf', 'BYSCORE', 'LIMIT', 0, take + 1, 'WITHSCORES')
local count = math.min(take, #found / 2)
local reply = {#found / 2 > take and tonumber(found[2 * take]) or 0}
for i = 1, 2 * count, 2 do
  local cut = string.find(found[i], '\0', 1, true)
  local queue, id = sub(found[i], 1, cut - 1), sub(found[i], cut + 1)
  reply[#reply + 1] = queue
  reply[#reply + 1] = id
  readJob(queue, id, parts, reply)
end
return reply
