-- Needs: 01-step
-- Flows, latest first.
-- ARGV: 1 the number before which they were added, or '', 2 take.
-- Reply: for each, as in flow: id, number, added, jobs, unended, completed.

local reply = {}
local before = ARGV[1] == '' and '+inf' or '(' .. ARGV[1]
for _, id in ipairs(call('ZRANGE', root .. 'flows', before, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[2])) do
  local kept = call('HMGET', root .. 'flow:' .. id, 'number', 'added', 'unended', 'completed')
  for _, value in ipairs({id, tonumber(kept[1]), tonumber(kept[2]), call('ZCARD', root .. 'flowJobs:' .. id), tonumber(kept[3]), tonumber(kept[4])}) do
    reply[#reply + 1] = value
  end
end
return reply
