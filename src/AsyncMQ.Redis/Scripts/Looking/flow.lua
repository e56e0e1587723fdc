-- Needs: 01-step
-- A flow.
-- ARGV: 1 id.   Reply: {id, number, added, jobs, unended, completed}, or {}.

local kept = call('HMGET', root .. 'flow:' .. ARGV[1], 'number', 'added', 'unended', 'completed')
if not kept[1] then return {} end
return {ARGV[1], tonumber(kept[1]), tonumber(kept[2]), call('ZCARD', root .. 'flowJobs:' .. ARGV[1]), tonumber(kept[3]), tonumber(kept[4])}
