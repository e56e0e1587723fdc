-- Needs: 01-step, 08-claims
-- The claims of a session, the oldest first; of a dead one too, until they are taken back.
-- ARGV: 1 session.   Reply: each: queue, id, place, lane, sequence.

local reply = {}
local holder = call('HGET', root .. 'session:' .. ARGV[1], 'number')
if holder then
  for _, job in ipairs(rarely.claimsOf(tonumber(holder))) do
    for _, value in ipairs({job.queue.name, job.id, math.floor(job.place), job.lane, job.claim}) do reply[#reply + 1] = value end
  end
end
return reply
