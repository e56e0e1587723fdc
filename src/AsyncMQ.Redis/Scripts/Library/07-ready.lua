-- Needs: 01-step, 02-records, 03-batches, 03-events, 03-queues, 05-keys, 06-limits
-- When there is work: of one queue, the index of ready queues, and what sleepers are told.

-- When the first of a queue's delayed jobs comes due.
local function firstDelayed(queue)
  local first = call('ZRANGE', queue.delayedKey, 0, 0, 'WITHSCORES')
  return first[2] and tonumber(first[2]) or NEVER
end

-- Whether something of a queue may be claimed by anybody; looked up once all is flushed.
local function look(queue)
  if not queue.looked then
    queue.looked = true
    queue.hasWaiting = (not queue.isDrained and call('ZCARD', queue.waitingKey) > 0) or (queue.keyed > 0 and call('EXISTS', keys.turnsKey(queue, '')) == 1)
  end
end

-- When something comes due or opens next; asked for only where nothing waits.
local function firstDue(queue)
  if not queue.firstDue then
    queue.firstDue = queue.nextDelayed or firstDelayed(queue)
    if queue.keyed > 0 or queue.reviewFrom then queue.firstDue = math.min(queue.firstDue, keys.nextOpening(queue)) end
  end
  return queue.firstDue
end

-- When there may be work next.
local function nextWorkAt(queue, hasWaiting)
  if queue.closed then return NEVER end
  local at = hasWaiting and now or firstDue(queue)
  if at == NEVER then return NEVER end
  local opens = opensAt(queue)
  if opens == NEVER then return NEVER end -- whoever ends frees the way, and tells
  return math.max(at, opens, queue.heldUntil, queue.pausedUntil > now and queue.pausedUntil or 0)
end

-- Brings the index up to date, and wakes sleepers where work may come sooner than they know: whoever found nothing sleeps until the time that the index
-- had, so that a queue that stays ready needs no word.
local function indexReady(queue)
  look(queue)
  local at = nextWorkAt(queue, queue.hasWaiting)
  local kept = tonumber(call('ZSCORE', root .. 'ready', queue.name) or NEVER)
  if queue.news or (queue.freed and at < NEVER) or (at < kept and kept > now) then tell('W' .. queue.name) end
  if at ~= kept and (at > now or kept > now) then
    if at == NEVER then
      call('ZREM', root .. 'ready', queue.name)
    else
      call('ZADD', root .. 'ready', at, queue.name)
    end
  end
end

-- Completed and failed jobs by the minute, as in EndTally: the latest minute, then six of each.
local function countEnds(queue)
  local completed, failed = queue.ends[COMPLETED] or 0, queue.ends[FAILED] or 0
  queue.ends = {}
  if completed + failed == 0 then return end

  local kept = call('HGET', queue.record, 'ends')
  local tally = kept and {unpackFields('>I8I8I8I8I8I8I8I8I8I8I8I8I8', kept)} or {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
  local minute, latest = math.floor(now / 60000000), tally[1]
  if minute > latest then
    for passed = math.max(latest + 1, minute - 5), minute do
      tally[2 + passed % 6], tally[8 + passed % 6] = 0, 0
    end
    latest = minute
  end
  tally[1] = latest
  tally[2 + latest % 6] = tally[2 + latest % 6] + completed
  tally[8 + latest % 6] = tally[8 + latest % 6] + failed
  call('HSET', queue.record, 'ends', pack('>I8I8I8I8I8I8I8I8I8I8I8I8I8', unpack(tally, 1, 13)))
end

-- Lanes of parked jobs that may have become empty.
local function tidyLanes(queue)
  if queue.lanesLeft then
    for name in pairs(queue.lanesLeft) do
      if call('EXISTS', laneKey(queue, name), keys.waitingKey(queue, name)) == 0 then call('SREM', root .. 'lanes:' .. queue.name, name) end
    end
    queue.lanesLeft = nil
  end
  if queue.parkedChanged then
    queue.parkedChanged = false
    call('HSET', queue.record, 'parked', queue.parked)
    call(queue.parked > 0 and 'SADD' or 'SREM', root .. 'parking', queue.name)
  end
end

-- Ends a step: writes what is left, brings the indexes up to date, tells.
local function finishStep()
  flush()
  if rawget(links, 'keep') then links.keep() end -- made only by a step that met a linked job
  for i = 1, #order do
    local queue = order[i]
    if queue.touched then
      countEnds(queue)
      tidyLanes(queue)
      if queue.batchesLeft then tidyBatches(queue) end
      if queue.known then indexReady(queue) end
      if queue.reached then queue.journal.tellKeys(queue) end
      if queue.journal and queue.left then queue.journal.tellDrained(queue) end
    end
  end
  if heard then journal().flush() end
  keepNumbers()
  tellAll()
end
