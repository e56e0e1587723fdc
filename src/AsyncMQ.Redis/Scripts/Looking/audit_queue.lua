-- Needs: 01-step, 02-records, 03-batches, 03-queues, 05-keys
-- Checks a stretch of a queue's records, or of one of its indexes, against the invariants. Read-only; the caller walks.
-- ARGV: 1 queue, 2 what: 'records', 'index', 'ttl', 'batches', then
--   records: 3 cursor.  Reply: {next cursor, how many, faults ...}
--   index: 3 state, 4 key, 5 from.  Reply: {next place or 0, how many, faults ...}
--   ttl, batches: 3 from.  Reply: {next place or 0, how many, faults ...}

begin()
local CHUNK = 1000
local queue = queueOf(ARGV[1])
local faults = {}

local function fault(id, what) faults[#faults + 1] = queue.name .. '/' .. id .. ' ' .. what end

local function answer(following, count)
  local reply = {following, count}
  for i = 1, #faults do reply[i + 2] = faults[i] end
  return reply
end

-- Where a job must stand, by its record: the sorted set, the member, and the score, when the record says it.
local function placeOf(job)
  if job.state == WAITING then
    local bench = has(job.bits, PARKED) and nameOf(job) or ''
    local key = bench == '' and queue.waitingKey or laneKey(queue, bench)
    if has(job.flags, KEYED) then key = keys.waitingKey(queue, bench) end
    return key, member(job.sequence, job.id), job.priority
  elseif job.state == DELAYED then
    return queue.delayedKey, member(job.handle, job.id), job.at
  elseif job.state == CHILDREN then
    return root .. 'children:' .. queue.name, job.id, job.handle
  elseif job.state == ACTIVE then
    return queue.activeKey, job.id
  end
  return endedKey(queue, job.state), job.id
end

if ARGV[2] == 'records' then
  local found = call('HSCAN', queue.jobsKey, ARGV[3], 'COUNT', CHUNK)
  for i = 1, #found[2], 2 do
    local id = found[2][i]
    local job = jobOf(queue, id, found[2][i + 1])
    if not job then
      fault(id, 'has a record that cannot be read.')
    else
      local key, name, score = placeOf(job)
      local kept = call('ZSCORE', key, name)
      if not kept or (score and tonumber(kept) ~= score) then fault(id, 'is in state ' .. job.state .. ' but does not stand in its index where it should.') end
      if job.ttl > 0 and (job.state == WAITING or job.state == DELAYED) and not call('ZSCORE', queue.ttlKey, member(job.handle, id)) then
        fault(id, 'has a time-to-live but is not indexed by it.')
      end
      if job.state == ACTIVE then
        local batch = job.batch
        if not batch or batch.state ~= ACTIVE or batch.holder ~= pack('>I8', job.holder) or batch.claim ~= pack('>I4I8', job.lane, job.claim) then
          fault(id, 'is active, but not in a batch of its claim.')
        elseif call('SISMEMBER', root .. 'claims:' .. text(job.holder), batchRef(queue.name, batch)) == 0 then
          fault(id, 'is active, but its session does not hold it.')
        end
        if (job.place % 1 == 0) ~= (byte(found[2][i + 1]) == WAITING) then fault(id, 'has a record that its place does not tell of.') end
        if not call('HGET', root .. 'numbers', text(job.holder)) then fault(id, 'is active, but its session is gone for good.') end
        if has(job.bits, CANCELLING) and call('SISMEMBER', root .. 'mail:' .. text(job.holder), refOf(job)) == 0
          and call('HGET', root .. 'session:' .. call('HGET', root .. 'numbers', text(job.holder)), 'dead') == false then
          fault(id, 'is asked to stop, but its session does not hear of it.')
        end
      end
      local tomb = call('HGET', queue.tombsKey, id)
      if tomb and unpackFields('>I8', tomb) > now and job.state ~= CANCELLED then fault(id, 'has a tombstone and a record.') end
    end
  end
  return answer(tonumber(found[1]), #found[2] / 2)
end

if ARGV[2] == 'index' then
  local state, key, from = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
  local found = call('ZRANGE', key, from, from + CHUNK - 1, 'WITHSCORES')
  local count = #found / 2
  for i = 1, #found, 2 do
    local id = (state == WAITING or state == DELAYED) and idOf(found[i]) or found[i]
    local job = find(queue, id)
    if not job and state == ACTIVE and id == BALLAST then
      count = count - 1
    elseif not job then
      fault(id, 'stands in the index of state ' .. state .. ' but has no record.')
    else
      local itsKey, name, score = placeOf(job)
      if itsKey ~= key or name ~= found[i] or (score and tonumber(found[i + 1]) ~= score) then fault(id, 'stands in ' .. key .. ' but its record says otherwise.') end
    end
  end
  return answer(#found == 2 * CHUNK and from + CHUNK or 0, count)
end

local from = tonumber(ARGV[3])
if ARGV[2] == 'batches' then
  local found, before = call('ZRANGE', root .. 'batches:' .. queue.name, from, from + CHUNK - 1, 'WITHSCORES'), 0
  for i = 1, #found, 2 do
    local batch = batchAt(queue.name, tonumber(found[i + 1]))
    if not batch or batch.first <= before or batch.first > batch.last then
      fault(found[i + 1], 'is the last place of a batch that makes no sense.')
    elseif not holdsAny(batch.state == ACTIVE and queue.activeKey or endedKey(queue, COMPLETED), batch) then
      fault(found[i + 1], 'is the last place of a batch that has no job any more.')
    elseif batch.isPlain and batch.state == COMPLETED then
      local ids = call('ZRANGE', endedKey(queue, COMPLETED), text(batch.first), text(batch.last), 'BYSCORE')
      for place, record in ipairs(call('HMGET', queue.jobsKey, unpack(ids))) do
        if record and #record >= FIXED and (byte(record) ~= WAITING or byte(record, 2) > 0 or byte(record, 86) % KEYED > 0 or byte(record, 86) > KEYED) then
          fault(ids[place], 'has to be looked at before it goes, but its batch does not say so.')
        end
      end
    end
    before = tonumber(found[i + 1])
  end
  return answer(#found == 2 * CHUNK and from + CHUNK or 0, #found / 2)
end

local found = call('ZRANGE', queue.ttlKey, from, from + CHUNK - 1, 'WITHSCORES')
for i = 1, #found, 2 do
  local id = idOf(found[i])
  local job = find(queue, id)
  if not job or job.ttl == 0 or (job.state ~= WAITING and job.state ~= DELAYED) or job.expires ~= tonumber(found[i + 1]) then
    fault(id, 'is indexed by a time-to-live that it does not have.')
  end
end
return answer(#found == 2 * CHUNK and from + CHUNK or 0, #found / 2)
