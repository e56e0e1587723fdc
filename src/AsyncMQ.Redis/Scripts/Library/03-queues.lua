-- Needs: 01-step, 02-records, 03-batches, 03-events
-- The queues that a step has to do with: their own records, their jobs as the step sees them, and what it will write. Writes are gathered and done by
-- flush, many jobs with each command; whoever reads an index flushes before.

local queues, order = {}, {}
local flush
local adding, removing = {}, {}     -- sorted sets: key to member to score, key to member
local joining, leaving = {}, {}     -- sets: key to member
local keys = {}                     -- the functions of 05-keys, where a script needs it

local function queueOf(name)
  local queue = queues[name]
  if queue then return queue end

  local kept = call('HMGET', root .. 'queue:' .. name, 'known', 'closed', 'pausedUntil', 'parked', 'heldUntil', 'limits', 'spent',
    'keyed', 'reviewFrom')
  queue = {
    name = name, record = root .. 'queue:' .. name, jobsKey = root .. 'jobs:' .. name, waitingKey = root .. 'waiting:' .. name,
    delayedKey = root .. 'delayed:' .. name, activeKey = root .. 'active:' .. name, ttlKey = root .. 'ttl:' .. name,
    extraKey = root .. 'extra:' .. name, bodyKey = root .. 'body:' .. name, tombsKey = root .. 'tombs:' .. name,
    known = kept[1] ~= false, closed = kept[2] == '1', pausedUntil = tonumber(kept[3] or 0), parked = tonumber(kept[4] or 0),
    heldUntil = tonumber(kept[5] or 0), limitsKept = kept[6], spentKept = kept[7],
    keyed = tonumber(kept[8] or 0), hasKeys = kept[8] ~= false, reviewFrom = kept[9] or nil, keys = {}, keysKept = {},
    keysJobs = {}, keysMoved = {}, keysGone = {},
    jobs = {}, taken = {}, dirty = {}, gone = {}, bodies = {}, extras = {}, holds = {},
    ends = {}, touched = false, journal = heard and journal()
  }
  queues[name] = queue
  order[#order + 1] = queue
  return queue
end

-- Makes the queue's record, if it has none.
local function knowQueue(queue)
  if queue.known then return end
  queue.known = true
  call('HSET', queue.record, 'known', 1)
  call('SADD', root .. 'queues', queue.name)
end

local function endedKey(queue, state) return root .. 'ended' .. state .. ':' .. queue.name end

local function laneKey(queue, name) return root .. 'parked:' .. queue.name .. '\0' .. name end

local function logKey(queue, id) return root .. 'log:' .. queue.name .. '\0' .. id end

-- How a queue and a job's id are one member of a set: neither has control characters.
local function refOf(job) return job.queue.name .. '\0' .. job.id end

local function put(sets, key, member, value)
  local set = sets[key]
  if not set then
    set = {}
    sets[key] = set
  end
  set[member] = value
end

local function zadd(key, score, member) put(adding, key, member, score) end

local function zrem(key, member)
  local set = adding[key]
  if set then set[member] = nil end
  put(removing, key, member, true)
end

local function sadd(key, member) put(joining, key, member, true) end

local function srem(key, member)
  local set = joining[key]
  if set then set[member] = nil end
  put(leaving, key, member, true)
end

-- A job by its record, as it is now; nothing when that is damaged. Its place among active or completed jobs, where the caller knows it.
local function jobOf(queue, id, record, place)
  local batch
  if #record >= FIXED and byte(record) <= ACTIVE then record, place, batch = batches.look(queue.name, id, record, place) end
  local job = decode(queue, id, record)
  if job then job.place, job.batch = place, batch end
  return job
end

-- A job by id; nothing when there is none, or its record is damaged.
local function find(queue, id)
  if queue.fresh and queue.fresh.has[id] then flush() end -- stored by this very step
  local job = queue.jobs[id]
  if job == nil then
    local record = call('HGET', queue.jobsKey, id)
    job = record and jobOf(queue, id, record) or false
    queue.jobs[id] = job
  end
  return job or nil
end

-- Reads jobs that will be asked for.
local function load(queue, ids)
  local wanted = {}
  for i = 1, #ids do
    if queue.jobs[ids[i]] == nil then wanted[#wanted + 1] = ids[i] end
  end
  for from = 1, #wanted, MOST do
    local last = math.min(from + MOST - 1, #wanted)
    local records = call('HMGET', queue.jobsKey, unpack(wanted, from, last))
    for i = from, last do
      local record = records[i - from + 1]
      queue.jobs[wanted[i]] = record and jobOf(queue, wanted[i], record) or false
    end
  end
end

local function change(job) job.queue.dirty[job.id] = job end

-- What only some jobs have: result, error, progress, attempts. Kept in a hash of the queue, told by a bit of the record.
local function setExtra(job, kind, data)
  job.bits = bit.bor(job.bits, kind)
  job.queue.extras[EXTRAS[kind] .. job.id] = data
  change(job)
end

local function getExtra(job, kind)
  if not has(job.bits, kind) then return nil end
  local field = EXTRAS[kind] .. job.id
  local data = job.queue.extras[field]
  if data == nil then data = call('HGET', job.queue.extraKey, field) end
  return data or nil
end

local function dropExtra(job, kind)
  if not has(job.bits, kind) then return end
  job.bits = job.bits - kind
  job.queue.extras[EXTRAS[kind] .. job.id] = false
  change(job)
end

-- Deletes the record, with all that belongs to it.
local function forget(job)
  local queue = job.queue
  if has(job.bits, LOGS) then
    call('DEL', logKey(queue, job.id))
    queue.extras['n' .. job.id] = false
  end
  for kind in pairs(EXTRAS) do dropExtra(job, kind) end
  if has(job.bits, LARGE) then queue.bodies[job.id] = false end
  if has(job.flags, DEDUPLICATION) then queue.extras['d' .. job.id] = false end
  if has(job.flags, LINKED) then queue.extras['x' .. job.id], queue.extras['y' .. job.id] = false, false end
  queue.dirty[job.id] = nil
  queue.gone[job.id] = true
  queue.jobs[job.id], queue.taken[job.id] = false, nil
end

local function flushHash(key, fields)
  if next(fields) == nil then return end
  local set, delete = {}, {}
  for field, value in pairs(fields) do
    if value then
      set[#set + 1] = field
      set[#set + 1] = value
    else
      delete[#delete + 1] = field
    end
  end
  bulk('HDEL', key, delete)
  bulk('HSET', key, set)
end

local function keysOf(set)
  local list = {}
  for key in pairs(set) do list[#list + 1] = key end
  return list
end

flush = function()
  for i = 1, #order do
    local queue = order[i]
    if next(queue.gone) ~= nil then
      bulk('HDEL', queue.jobsKey, keysOf(queue.gone))
      queue.gone = {}
    end
    local fresh = queue.fresh
    if fresh then
      bulk('HSET', queue.jobsKey, fresh.records)
      bulk('ZADD', queue.waitingKey, fresh.waiting)
      if fresh.keyed then bulk('ZADD', keys.waitingKey(queue, ''), fresh.keyed) end
      queue.fresh, queue.taken = nil, {}
    end
    if next(queue.dirty) ~= nil then
      local records = {}
      for id, job in pairs(queue.dirty) do
        records[#records + 1] = id
        records[#records + 1] = encode(job)
        if job.batch then batches.noteWrite(job) end
      end
      bulk('HSET', queue.jobsKey, records)
      queue.dirty = {}
    end
    flushHash(queue.bodyKey, queue.bodies)
    flushHash(queue.extraKey, queue.extras)
    queue.bodies, queue.extras = {}, {}
    if queue.dirtyKeys then keys.flush(queue) end
  end
  for key, set in pairs(removing) do bulk('ZREM', key, keysOf(set)) end
  for key, set in pairs(adding) do
    local list = {}
    for name, score in pairs(set) do
      list[#list + 1] = score
      list[#list + 1] = name
    end
    bulk('ZADD', key, list)
  end
  for key, set in pairs(leaving) do bulk('SREM', key, keysOf(set)) end
  for key, set in pairs(joining) do bulk('SADD', key, keysOf(set)) end
  adding, removing, joining, leaving = {}, {}, {}, {}
end
