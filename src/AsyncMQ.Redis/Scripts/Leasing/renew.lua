-- Needs: 01-step, 02-records, 03-batches, 03-queues, 10-leases
-- Renews a lease, and gives the mailbox.
-- ARGV: 1 session, 2 how many claims the process thinks it holds.
-- Reply: {1}: not alive; or {0, number of claims, quiet, then for each cancellation: queue, id, place, lane, sequence}.

begin()
if not useSession(ARGV[1]) then return {1} end
call('HSET', session.key, 'seen', now, 'held', ARGV[2])
if session.lease > 0 then
  call('ZADD', root .. 'sessions', now + session.lease, ARGV[1])
  noteRenewal(session.lease)
end

local reply = {0, batches.countHeld(session.number), session.quiet and 1 or 0}
for _, ref in ipairs(call('SMEMBERS', root .. 'mail:' .. text(session.number))) do
  local cut = string.find(ref, '\0', 1, true)
  local job = find(queueOf(sub(ref, 1, cut - 1)), sub(ref, cut + 1))
  if job and job.state == ACTIVE and job.holder == session.number then
    for _, value in ipairs({job.queue.name, job.id, math.floor(job.place), job.lane, job.claim}) do reply[#reply + 1] = value end
  end
end
return reply
