-- Needs: 01-step, 03-queues, 06-limits
-- All queues.
-- Reply: {now, then each: name, paused until or -1, since, by, why, closed, retention or '', held until, limits or '', next permit or 0}.

begin()
local reply = {now}
for _, name in ipairs(call('SMEMBERS', root .. 'queues')) do
  local kept = call('HMGET', root .. 'queue:' .. name, 'pausedUntil', 'pausedAt', 'pausedBy', 'pausedWhy', 'closed', 'retention', 'heldUntil')
  local queue = queueOf(name)
  local isPaused = kept[1] and tonumber(kept[1]) > now
  for _, value in ipairs({name, isPaused and tonumber(kept[1]) or -1, isPaused and tonumber(kept[2]) or 0, isPaused and kept[3] or '',
    isPaused and kept[4] or '', kept[5] and 1 or 0, kept[6] or '', tonumber(kept[7] or 0), queue.limitsKept or '', limiting.nextPermit(queue) or 0}) do
    reply[#reply + 1] = value
  end
end
return reply
