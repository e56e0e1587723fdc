-- Needs: 01-step, 02-records, 03-queues, 05-keys, 06-moves
-- How a job comes into the store: by an add, or, kept behind another one, by that one's end.

local moves = {} -- the functions of 06-moves

-- The stamp of an add.
local function stampIn(blob) return sub(blob, 17, 24) end

-- The stamp of the record or tombstone that has an id, and whether it is a cancelled record, which gives way to any other add; nothing: the id is free.
local function stampOf(queue, id)
  local fresh, job = queue.fresh and queue.fresh.has[id], queue.jobs[id]
  if fresh then return stampIn(fresh), false end
  if job then return job.stamp, job.state == CANCELLED end

  local known = queue.taken[id]
  if known == nil then
    local record = job == nil and call('HGET', queue.jobsKey, id)
    local tomb = not record and call('HGET', queue.tombsKey, id)
    if record then
      known = {stamp = sub(record, 97, 104), cancelled = byte(record) == CANCELLED}
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
        queue.taken[ids[i]] = {stamp = sub(record, 97, 104), cancelled = byte(record) == CANCELLED}
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

local NOTHING34, NOTHING8, NOTHING4 = string.rep('\0', 34), string.rep('\0', 8), string.rep('\0', 4)

-- Priorities as text.
local scores = setmetatable({}, {__index = function(known, priority)
  known[priority] = text(priority)
  return known[priority]
end})

-- Stores an add whose id is free, as waiting or delayed, or as what it depends on has it: id and blob, as they came; where it has more, the add, with due, body
-- and deduplication as they came, and its group, when that has a flow or dependencies. isUnused: nothing has the id, which the caller has looked up. Gives its
-- number.
local function store(queue, id, blob, add, isUnused)
  if not isUnused then
    local _, cancelled = stampOf(queue, id)
    if cancelled then moves.finish(find(queue, id)) end
  end

  local _, priority, flags, ttl = unpackFields('>Bi4BI8', blob)
  local handle = nextNumber()
  local numbered = pack('>I8', handle)
  local link = add and add.group and links.tie(queue, add, handle)
  local list = queue.fresh
  if not list then
    -- In order of the numbers: a sorted set takes what belongs at its end sooner than what comes in any order.
    local time = pack('>I8', now)
    list = {records = {}, count = 0, waiting = {}, places = 0, has = {}, front = char(WAITING, 0) .. time .. NOTHING34, time = time, times = time .. NOTHING8}
    queue.fresh = list
    knowQueue(queue)
    queue.touched = true
  end

  local due = add and add.due and dueTime(add.due) or 0
  local state, front, times = WAITING, list.front, list.times
  if link and link.isHeld then
    state = CHILDREN
    zadd(root .. 'children:' .. queue.name, handle, id)
  elseif due > now then
    state = DELAYED
    queue.nextDelayed = nil
    zadd(queue.delayedKey, due, numbered .. id)
  elseif flags % 4 >= KEYED then
    list.keyed = list.keyed or {}
    list.keyed[#list.keyed + 1] = priority
    list.keyed[#list.keyed + 1] = numbered .. id
    keys.sitNew(queue, keys.inBlob(blob), priority, handle, id)
  else
    if queue.keyed > 0 then keys.joinPlain(queue, priority) end
    queue.isDrained = false
    local places = list.places
    list.waiting[places + 1], list.waiting[places + 2] = scores[priority], numbered .. id
    list.places = places + 2
  end
  if ttl > 0 and state ~= CHILDREN then
    times = list.time .. pack('>I8', now + ttl)
    zadd(queue.ttlKey, now + ttl, numbered .. id)
  end
  local hasBody = add and add.body and add.body ~= ''
  if hasBody then queue.bodies[id] = add.body end
  if hasBody or state ~= WAITING then
    front = char(state, hasBody and LARGE or 0) .. (state == DELAYED and pack('>I8', due) or list.time) .. NOTHING34
  end
  if flags % 2 == DEDUPLICATION then queue.extras['d' .. id] = sub(add.deduplication, 2) end

  local added = blob
  if link then added = sub(blob, 1, 5) .. char(flags + link.flags) .. sub(blob, 7) end
  local count = list.count
  list.records[count + 1] = id
  list.records[count + 2] = front .. numbered .. NOTHING4 .. numbered .. times .. added
  list.count = count + 2
  list.has[id] = blob
  queue.jobs[id] = nil
  if queue.journal then queue.journal.tellAdd('Added', queue, id, blob, {state = state, till = state == DELAYED and due}) end
  if link then links.born(queue, add, handle, state, link.failure) end
  return handle
end
