-- Needs: 01-step
-- Events, in order.
-- ARGV: 1 the position of the first, 2 how many.
-- Reply: {the position of the first that is there, events}: later than asked for when what was before is not kept any more; without events the next one's.

local following = tonumber(call('HGET', root, 'told') or 0)
local kept = call('LLEN', root .. 'events')
local from = math.min(math.max(tonumber(ARGV[1]), following - kept), following)
local index = kept - (following - from)
return {from, call('LRANGE', root .. 'events', index, index + ARGV[2] - 1)}
