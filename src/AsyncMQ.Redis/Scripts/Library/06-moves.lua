-- Needs: 01-step, 02-records, 03-batches, 03-queues, 04-storing, 04-windows, 05-deduplication, 05-keys, 05-links
-- The moves between states that the transitions are made of, and finish, the one way out of the queue.

local function touch(queue) queue.touched = true end

lazily(moves, function()

local function indexTtl(job)
  if job.ttl > 0 then zadd(job.queue.ttlKey, job.expires, member(job.handle, job.id)) end
end

-- The sorted set in which a job waits.
local function waitingKeyOf(job)
  local queue = job.queue
  if has(job.flags, KEYED) then return keys.waitingKey(queue, has(job.bits, PARKED) and nameOf(job) or '') end
  return has(job.bits, PARKED) and laneKey(queue, nameOf(job)) or queue.waitingKey
end

-- Out of the index of its state, out of its session's hands, and from where its key knows it.
function moves.leave(job)
  local queue = job.queue
  touch(queue)
  if job.state <= ACTIVE then queue.left = true end
  if job.state <= ACTIVE and has(job.flags, KEYED) then keys.leave(job) end
  if job.state == WAITING then
    queue.plainThere = nil
    zrem(waitingKeyOf(job), member(job.sequence, job.id))
    if has(job.bits, PARKED) then
      job.bits = job.bits - PARKED
      queue.parked = queue.parked - 1
      queue.parkedChanged = true
      queue.lanesLeft = queue.lanesLeft or {}
      queue.lanesLeft[nameOf(job)] = true
    end
  elseif job.state == ACTIVE then
    zrem(queue.activeKey, job.id)
    if queue.limitsKept and limitsOf(queue).bounds then queue.freed = true end
    if job.batch then leaveBatch(queue, job.batch) end
    if has(job.bits, CANCELLING) then
      srem(root .. 'mail:' .. text(job.holder), refOf(job))
      job.bits = job.bits - CANCELLING
    end
    job.place, job.batch = nil, nil
    return
  elseif job.state == DELAYED then
    queue.nextDelayed = nil
    zrem(queue.delayedKey, member(job.handle, job.id))
  elseif job.state == CHILDREN then
    zrem(root .. 'children:' .. queue.name, job.id)
    return
  else
    zrem(endedKey(queue, job.state), job.id)
    if job.state == COMPLETED then
      local batch = job.batch or batchAt(queue.name, tonumber(call('ZSCORE', endedKey(queue, COMPLETED), job.id) or 0))
      if batch then leaveBatch(queue, batch) end
      job.place, job.batch = nil, nil
    end
    return
  end
  if job.ttl > 0 then zrem(queue.ttlKey, member(job.handle, job.id)) end
end

local function sit(job, since)
  local queue = job.queue
  job.state, job.at = WAITING, since
  if has(job.flags, KEYED) then keys.enter(job) elseif queue.keyed > 0 then keys.joinPlain(queue, job.priority) end
  queue.isDrained = false
  zadd(waitingKeyOf(job), job.priority, member(job.sequence, job.id))
  indexTtl(job)
  touch(job.queue)
  change(job)
end

-- What came due waits since then, though nobody was there to see it.
local function waitsSince(job)
  if job.state == DELAYED and job.at < now then return job.at end
  return now
end

-- Waiting, behind its equals; one that leads its key in strict order at its old place.
function moves.toWaiting(job)
  if has(job.flags, KEYED) and keys.isHead(job) then
    moves.backToWaiting(job)
    return
  end
  local since = waitsSince(job)
  moves.leave(job)
  job.sequence = nextNumber()
  sit(job, since)
end

-- Waiting again, at its old place.
function moves.backToWaiting(job)
  local since = waitsSince(job)
  moves.leave(job)
  sit(job, since)
end

-- Into the lane of its name, still waiting, at its old place.
function moves.toParked(job)
  moves.leave(job)
  local queue = job.queue
  local name = nameOf(job)
  job.bits = bit.bor(job.bits, PARKED)
  sit(job, now)
  call('SADD', root .. 'lanes:' .. queue.name, name)
  queue.parked = queue.parked + 1
  queue.parkedChanged, queue.news = true, true
end

function moves.enterDelayed(job, due)
  job.state, job.at = DELAYED, due
  job.queue.nextDelayed = nil
  zadd(job.queue.delayedKey, due, member(job.handle, job.id))
  indexTtl(job)
  touch(job.queue)
  change(job)
end

function moves.toDelayed(job, due)
  moves.leave(job)
  moves.enterDelayed(job, due)
  if has(job.flags, KEYED) then keys.settle(job.queue, keys.ofJob(job), job.handle, false) end
end

-- The way out for settle, recover, expire, cancel and remove alike. Without a state the record is deleted. The error is why it failed, as it is kept already.
function moves.finish(job, state, failure)
  local queue = job.queue
  local asked = has(job.flags, DEDUPLICATION) and deduplication.of(job)
  local before = job.state
  if has(job.flags, LINKED + DEPENDENTS) then links.ended(job, state) end
  moves.leave(job)
  if has(job.flags, KEYED) and before < COMPLETED then keys.settle(queue, keys.ofJob(job), job.handle, true) end
  if state then
    job.state, job.at = state, now
    zadd(endedKey(queue, state), nextNumber(), job.id)
    queue.ends[state] = (queue.ends[state] or 0) + 1
    change(job)
  else
    forget(job)
  end
  if queue.journal then queue.journal.tellJob(state or 'Removed', job, {data = failure}) end
  if asked then deduplication.free(job, asked, state == nil) end
  if has(job.flags, WATCHED) then tell('E' .. refOf(job)) end
end

-- An attempt that did not complete; the last 64 are kept. Each: number, outcome, start, end, lengths, worker, error.
local MOST_ATTEMPTS = 64
function moves.recordAttempt(job, outcome, failure)
  local kept = getExtra(job, ATTEMPTS) or '\0'
  local count = byte(kept)
  local list = sub(kept, 2)
  if count == MOST_ATTEMPTS then
    local _, _, _, _, workerLength, errorLength = unpackFields('>I4BI8I8I2I4', list)
    list = sub(list, 28 + workerLength + errorLength)
    count = count - 1
  end
  setExtra(job, ATTEMPTS, char(count + 1) .. list
    .. pack('>I4BI8I8I2I4', job.attempt, outcome, job.started, now, #job.worker, #failure) .. job.worker .. failure)
end

function moves.recordError(job, outcome, failure)
  moves.recordAttempt(job, outcome, failure)
  if #failure > 0 then setExtra(job, ERROR, failure) end
end

function moves.tellMail(holder)
  local id = call('HGET', root .. 'numbers', text(holder))
  if id then tell('M' .. id) end
end

end)
