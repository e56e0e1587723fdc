-- Needs: 01-step, 02-records, 03-batches, 03-queues, 05-keys, 06-limits, 07-ready, 08-claims
-- Checks what is not of one job: the index of ready queues, counts, claims of sessions.
-- Reply: faults.

begin()
local faults = {}

for _, name in ipairs(call('SMEMBERS', root .. 'queues')) do
  local queue = queueOf(name)
  look(queue)
  local kept = tonumber(call('ZSCORE', root .. 'ready', name) or NEVER)
  local at = nextWorkAt(queue, queue.hasWaiting)
  if isClaimable(queue) and budgetOf(queue) > 0 and at <= now and kept > now then faults[#faults + 1] = 'Queue ' .. name .. ' has work, but the index of ready queues does not say so.' end
  if queue.closed and kept < NEVER then faults[#faults + 1] = 'Queue ' .. name .. ' is closed, but the index of ready queues has it.' end

  local parked = 0
  for _, lane in ipairs(call('SMEMBERS', root .. 'lanes:' .. name)) do
    local count = call('ZCARD', laneKey(queue, lane)) + call('ZCARD', keys.waitingKey(queue, lane))
    if count == 0 then faults[#faults + 1] = 'Queue ' .. name .. ' keeps an empty lane for ' .. lane .. '.' end
    parked = parked + count
  end
  if parked ~= queue.parked then faults[#faults + 1] = 'Queue ' .. name .. ' counts ' .. queue.parked .. ' parked jobs but has ' .. parked .. '.' end
  if (call('SISMEMBER', root .. 'parking', name) == 1) ~= (queue.parked > 0) then
    faults[#faults + 1] = 'Queue ' .. name .. ' has ' .. queue.parked .. ' parked jobs, but the index does not agree.'
  end
end

local numbers = call('HGETALL', root .. 'numbers')
for i = 1, #numbers, 2 do
  batches.eachHeld(tonumber(numbers[i]), function(name, ids)
    if #ids == 0 then faults[#faults + 1] = 'Session ' .. numbers[i + 1] .. ' has a batch in queue ' .. name .. ' of which it holds nothing.' end
    for _, id in ipairs(ids) do
      local job = find(queueOf(name), id)
      if not job or job.state ~= ACTIVE or text(job.holder) ~= numbers[i] then
        faults[#faults + 1] = 'Session ' .. numbers[i + 1] .. ' holds ' .. name .. '/' .. id .. ', which is not active under it.'
      end
    end
  end)
  for _, ref in ipairs(call('SMEMBERS', root .. 'mail:' .. numbers[i])) do
    local cut = string.find(ref, '\0', 1, true)
    local job = find(queueOf(sub(ref, 1, cut - 1)), sub(ref, cut + 1))
    if not job or job.state ~= ACTIVE or text(job.holder) ~= numbers[i] then
      faults[#faults + 1] = 'Session ' .. numbers[i + 1] .. ' is asked to stop a job that it does not hold.'
    end
  end
end
return faults
