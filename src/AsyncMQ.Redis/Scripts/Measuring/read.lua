-- Needs: 01-step, 02-records, 03-queues, 14-figures
-- The buckets of a queue that have figures.
-- ARGV: 1 queue, 2 length (m or h), 3 from or '', 4 to or ''.   Reply: each: start, name, fields and values.

begin()
local queue, length = queueOf(ARGV[1]), ARGV[2]
local from = firstKept(length)
if ARGV[3] ~= '' then from = math.max(from, ARGV[3] - ARGV[3] % LENGTHS[length]) end
local reply = {}
for _, bucket in ipairs(call('ZRANGE', figuresKey(queue, length), text(from), ARGV[4] == '' and '+inf' or '(' .. ARGV[4], 'BYSCORE')) do
  local cut = string.find(bucket, '\0', 1, true)
  reply[#reply + 1] = tonumber(sub(bucket, 1, cut - 1))
  reply[#reply + 1] = sub(bucket, cut + 1)
  reply[#reply + 1] = call('HGETALL', figureKey(queue, length, bucket))
end
return reply
