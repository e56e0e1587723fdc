-- How a job comes into the store: by an add, or, kept behind another one, by that one's end.

local finish -- in 06-moves

-- The stamp of the record or tombstone that has an id, and whether it is a cancelled record, which gives way to any other add; nothing: the id is free.
local function stampOf(queue, id)
  local fresh, job = queue.fresh[id], queue.jobs[id]
  if fresh then return sub(fresh, 104, 111), false end
  if job then return job.stamp, job.state == CANCELLED end

  local known = queue.taken[id]
  if known == nil then
    local record = job == nil and call('HGET', queue.jobsKey, id)
    local tomb = not record and call('HGET', queue.tombsKey, id)
    if record then
      known = {stamp = sub(record, 104, 111), cancelled = byte(record) == CANCELLED}
    else
      known = tomb and unpackFields('>I8', tomb) > now and {stamp = sub(tomb, 10, 17)} or false
    end
    queue.taken[id] = known
  end
  if known then return known.stamp, known.cancelled end
  return nil
end

-- Looks many ids up at once, for stampOf.
local function loadStamps(queue, ids)
  local buried = call('EXISTS', queue.tombsKey) == 1
  for from = 1, #ids, MOST do
    local last = math.min(from + MOST - 1, #ids)
    local records = call('HMGET', queue.jobsKey, unpack(ids, from, last))
    local tombs = buried and call('HMGET', queue.tombsKey, unpack(ids, from, last))
    for i = from, last do
      local record, tomb = records[i - from + 1], tombs and tombs[i - from + 1]
      if record then
        queue.taken[ids[i]] = {stamp = sub(record, 104, 111), cancelled = byte(record) == CANCELLED}
      else
        queue.taken[ids[i]] = tomb and unpackFields('>I8', tomb) > now and {stamp = sub(tomb, 10, 17)} or false
      end
    end
  end
end

-- When an add comes due: a byte, 0 a span from now, 1 a time, and eight bytes.
local function dueTime(due)
  if not due or due == '' then return 0 end
  local kind, value = unpackFields('>Bi8', due)
  return kind == 1 and value or now + value
end

local NOTHING28, NOTHING18 = string.rep('\0', 28), string.rep('\0', 18)

-- Stores an add whose id is free, as waiting or delayed. The add: id, blob, due, body and deduplication, as they came. Gives its number.
local function store(queue, add)
  local id, blob = add.id, add.blob
  local _, cancelled = stampOf(queue, id)
  if cancelled then finish(find(queue, id)) end

  local _, priority, flags, ttl = unpackFields('>Bi4BI8', blob)
  local handle = nextNumber()
  local due = dueTime(add.due)
  local state, at = WAITING, now
  if due > now then
    state, at = DELAYED, due
    zadd(queue.delayedKey, due, member(handle, id))
  else
    zadd(queue.waitingKey, priority, member(handle, id))
  end
  local expires = 0
  if ttl > 0 then
    expires = now + ttl
    zadd(queue.ttlKey, expires, member(handle, id))
  end
  local hasBody = add.body and add.body ~= ''
  if hasBody then queue.bodies[id] = add.body end
  if has(flags, DEDUPLICATION) then queue.extras['d' .. id] = sub(add.deduplication, 2) end

  local numbered = pack('>I8', handle)
  queue.fresh[id] = char(state, hasBody and LARGE or 0) .. pack('>I8', at) .. NOTHING28 .. numbered .. NOTHING18 .. numbered .. sub(blob, 2, 6)
    .. pack('>I8', now) .. sub(blob, 7, 14) .. pack('>I8', expires) .. sub(blob, 15)
  queue.jobs[id] = nil
  knowQueue(queue)
  queue.touched = true
  return handle
end
