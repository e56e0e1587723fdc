-- Needs: 01-step, 02-records
-- What is new of jobs that are claimed together, or complete together, is written once for all of them: a batch. Their records stay as they are, and say that
-- they wait. So of such a record the sorted sets of active and completed jobs have the last word: a job that stands in one of them is in that state, and its
-- batch tells the rest.
--   batches:<queue>   sorted set: batches by their last place. A batch: first place, state, 1 when nothing but their records is kept of its jobs and nobody waits
--                     for their results, then as a record has it: at, holder, started, length of worker, lane, sequence of the claim; and the worker
--   claims:<number>   set: the batches of which a session holds jobs: queue NUL first and last place
-- A place is a score in the set of active or of completed jobs. Those from a batch's first to its last are of its jobs alone, and it goes with the last of
-- them. What happens to one of the jobs is written into its record, which tells all itself from then on. Of a running one its place says so, half a place
-- further on, as in 17.5; of a completed one its batch, that it has to be looked at before it goes.

-- Flags of which something has to be done when a job ends. Without them its end is told by a batch, and its record, body and result go together with others.
local MATTERS_AT_END = DEDUPLICATION + MORTAL + DEPENDENTS + WATCHED + LINKED

local batches = {} -- what few steps need
local latestBatches = {} -- of each queue the two that were looked up last: claims of two steps end side by side

-- The batch of a place; nothing: there is none, for what is kept makes no sense.
local function batchAt(queue, place)
  local latest = latestBatches[queue]
  if not latest then
    latest = {}
    latestBatches[queue] = latest
  end
  local batch, before = latest[1], latest[2]
  if batch and place >= batch.first and place < batch.last + 1 then return batch end
  if before and place >= before.first and place < before.last + 1 then
    latest[1], latest[2] = before, batch
    return before
  end

  local found = call('ZRANGE', root .. 'batches:' .. queue, text(math.floor(place)), '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
  local packed = found[1]
  if not packed then return nil end
  local first, state, isPlain = unpackFields('>I8BB', packed)
  if place < first then return nil end
  batch = {
    packed = packed, first = first, last = tonumber(found[2]), state = state, isPlain = isPlain == 1, holder = sub(packed, 19, 26), claim = sub(packed, 37, 48)
  }
  latest[1], latest[2] = batch, latest[1]
  return batch
end

-- What a batch has of a claim.
local function packClaim()
  return pack('>I8I8I2I4I8', session.number, now, #session.name, session.lane, session.sequence) .. session.name
end

local function claimOf(batch) return sub(batch.packed, 19) end

local function keepBatch(queue, first, last, state, isPlain, claim)
  call('ZADD', root .. 'batches:' .. queue, last, pack('>I8BBI8', first, state, isPlain and 1 or 0, now) .. claim)
end

local function batchRef(queue, batch) return queue .. '\0' .. pack('>I8I8', batch.first, batch.last) end

-- A job of the batch leaves its state: at the end of the step it is seen whether others are left.
local function leaveBatch(queue, batch)
  queue.touched, queue.batchesLeft = true, queue.batchesLeft or {}
  queue.batchesLeft[batch.last] = batch
end

local function holdsAny(key, batch) return call('ZCOUNT', key, text(batch.first), '(' .. text(batch.last + 1)) > 0 end

-- Batches whose jobs have all left go.
local function tidyBatches(queue)
  for last, batch in pairs(queue.batchesLeft) do
    local isActive = batch.state == ACTIVE
    if not holdsAny(isActive and queue.activeKey or root .. 'ended4:' .. queue.name, batch) then
      call('ZREMRANGEBYSCORE', root .. 'batches:' .. queue.name, last, last)
      if isActive then call('SREM', root .. 'claims:' .. text(unpackFields('>I8', batch.holder)), batchRef(queue.name, batch)) end
    end
  end
  queue.batchesLeft = nil
end

lazily(batches, function()

-- The record of a job as its batch has it.
function batches.asNow(batch, record)
  local packed, bits, high, low = batch.packed, byte(record, 2), byte(record, 31, 32)
  local worker = high * 256 + low
  return char(batch.state, bits - bits % 4) .. sub(packed, 11, 18) .. pack('>I4', unpackFields('>I4', record, 11) + 1) .. sub(packed, 19, 48)
    .. sub(record, 45, worker > 0 and -worker - 1 or -1) .. sub(packed, 49)
end

-- The record of a job that says that it waits or runs, as it is now; and its place and its batch, when it has one. The place, where the caller knows it.
function batches.look(queue, id, record, place)
  local state = byte(record)
  place = place or call('ZSCORE', root .. 'active:' .. queue, id)
  if not place and state == WAITING then place = call('ZSCORE', root .. 'ended4:' .. queue, id) end
  if not place then return record end

  place = tonumber(place)
  local batch = batchAt(queue, place)
  return batch and state == WAITING and batches.asNow(batch, record) or record, place, batch
end

-- The record of a job of the batch is about to be written.
function batches.noteWrite(job)
  local batch, queue = job.batch, job.queue
  if batch.state == ACTIVE then
    if job.place % 1 > 0 then return end
    job.place = job.place + 0.5
    call('ZADD', queue.activeKey, job.place, job.id)
  elseif batch.isPlain then
    local key = root .. 'batches:' .. queue.name
    call('ZREMRANGEBYSCORE', key, batch.last, batch.last)
    batch.packed, batch.isPlain = sub(batch.packed, 1, 9) .. '\0' .. sub(batch.packed, 11), false
    call('ZADD', key, batch.last, batch.packed)
  end
end

-- The batches that a session holds jobs of, each: queue, first and last place.
local function heldBy(holder)
  local held = {}
  for i, ref in ipairs(call('SMEMBERS', root .. 'claims:' .. text(holder))) do
    local cut = string.find(ref, '\0', 1, true)
    local first, last = unpackFields('>I8I8', ref, cut + 1)
    held[i] = {queue = sub(ref, 1, cut - 1), first = first, last = last}
  end
  return held
end

-- How many jobs a session holds.
function batches.countHeld(holder)
  local count = 0
  for _, batch in ipairs(heldBy(holder)) do
    count = count + call('ZCOUNT', root .. 'active:' .. batch.queue, text(batch.first), '(' .. text(batch.last + 1))
  end
  return count
end

-- Does something with the jobs that a session holds, batch by batch: queue, ids.
function batches.eachHeld(holder, act)
  for _, batch in ipairs(heldBy(holder)) do
    act(batch.queue, call('ZRANGE', root .. 'active:' .. batch.queue, text(batch.first), '(' .. text(batch.last + 1), 'BYSCORE'))
  end
end

end)
