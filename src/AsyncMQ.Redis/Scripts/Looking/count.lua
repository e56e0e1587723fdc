-- Needs: 01-step, 02-records
-- Counts of one queue.
-- ARGV: 1 queue.
-- Reply: {now, counts of the eight states ..., prioritized, parked, microseconds that the next job has been waiting or -1, paused until or -1, since, by,
--   why, tally of ends or ''}.

begin()
local name = ARGV[1]
local kept = call('HMGET', root .. 'queue:' .. name, 'parked', 'pausedUntil', 'pausedAt', 'pausedBy', 'pausedWhy', 'ends')
local parked = tonumber(kept[1] or 0)

local first
local count, prioritized = 0, 0
local function consider(key)
  local head = call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if not head[1] then return end
  local here = call('ZCARD', key)
  count, prioritized = count + here, prioritized + here - call('ZCOUNT', key, 5, 5)
  local score, value = tonumber(head[2]), unpackFields('>I8', head[1])
  if not first or score < first.score or (score == first.score and value < first.number) then
    first = {score = score, number = value, id = idOf(head[1])}
  end
end
consider(root .. 'waiting:' .. name)
consider(root .. 'keyed:' .. name)
if parked > 0 then
  for _, lane in ipairs(call('SMEMBERS', root .. 'lanes:' .. name)) do
    consider(root .. 'parked:' .. name .. '\0' .. lane)
    consider(root .. 'keyedParked:' .. name .. '\0' .. lane)
  end
end

local oldest = -1
if first then
  local record = call('HGET', root .. 'jobs:' .. name, first.id)
  if record and #record >= FIXED then oldest = math.max(0, now - unpackFields('>I8', record, 3)) end
end

local reply = {now, count, countActive(root .. 'active:' .. name), call('ZCARD', root .. 'delayed:' .. name),
  call('ZCARD', root .. 'children:' .. name)}
for state = COMPLETED, CANCELLED do reply[#reply + 1] = call('ZCARD', root .. 'ended' .. state .. ':' .. name) end
local isPaused = kept[2] and tonumber(kept[2]) > now
for _, value in ipairs({prioritized, parked, oldest, isPaused and tonumber(kept[2]) or -1, isPaused and tonumber(kept[3]) or 0,
  isPaused and kept[4] or '', isPaused and kept[5] or '', kept[6] or ''}) do
  reply[#reply + 1] = value
end
return reply
