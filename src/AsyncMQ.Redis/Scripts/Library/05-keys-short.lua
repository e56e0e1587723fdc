-- Needs: 01-step, 02-records, 03-queues, 04-windows, 05-key-lanes, 05-key-storing, 05-keys
-- What most keys need: a short record, as in 05-key-storing, is changed without being taken apart into tables, or else the long way is taken.

lazily(keys, function()

local SHORT, SHORT_SIZE = keys.SHORT, keys.SHORT_SIZE

-- How many jobs of a key without limits of its own may run at once, 0 for any number; false, when the long way has to be taken: a rate or an order is kept,
-- somebody wants to hear of limits, or new limits have yet to come to all keys.
local function mostOfEach(queue)
  if queue.reviewFrom or keys.tellsLimits(queue) then return false end
  local limits = limitsOf(queue)
  local each = limits and limits.perKey
  if not each then return 0 end
  return each.permits == 0 and not each.strict and each.most
end

function keys.mostOfEach(queue)
  local most = queue.mostOfEach
  if most == nil then
    most = mostOfEach(queue)
    queue.mostOfEach = most
  end
  return most
end

-- Reads keys of which jobs end: their waiting jobs matter only on the long way.
function keys.loadToFree(queue, names)
  if keys.mostOfEach(queue) then keys.load(queue, names) else keys.loadWithJobs(queue, names) end
end

-- Whether a key has a short record, and was not taken apart.
function keys.isShort(queue, name)
  local kept = queue.keysKept[name]
  return kept and #kept == SHORT_SIZE and not queue.keys[name]
end

-- Its record, and the first of its waiting jobs where they are others than before, are written by the next flush.
function keys.keepShort(queue, name, kept, jobs)
  if not queue.keysCounted then
    queue.keysCounted, queue.dirtyKeys, queue.touched = {}, queue.dirtyKeys or {}, true
  end
  queue.keysKept[name], queue.keysCounted[name] = kept, true
  if jobs then queue.keysJobs[name], queue.keysMoved[name] = jobs, true end
end

-- It stands behind all others; gives its turn.
local function standLast(queue, name, priority)
  local turn = nextNumber()
  zadd(keys.turnsKey(queue, ''), priority, pack('>I8c0', turn, name))
  return turn
end

-- Nothing is left to remember of it.
local function drop(queue, name)
  queue.dirtyKeys, queue.touched = queue.dirtyKeys or {}, true
  queue.keysKept[name], queue.keysGone[name] = false, true
  if queue.keysCounted then queue.keysCounted[name] = nil end
  zrem(keys.namesKey(queue), sortable(name))
end

-- The end of a running job: one number changes, and the key may stand again, or there is nothing to remember of it.
local function freeShort(queue, name)
  local most = keys.mostOfEach(queue)
  if not most or not keys.isShort(queue, name) then return false end
  local active, waiting, priority, turn, here, last, from = unpackFields(SHORT, queue.keysKept[name])
  if active == 0 then return false end
  active = active - 1
  if active + waiting == 0 then
    if queue.keysMoved[name] then return false end
    drop(queue, name)
    return true
  end
  if waiting > 0 and turn == 0 then
    if most == 0 then return false end
    if active < most then turn = standLast(queue, name, priority) end
  end
  keys.keepShort(queue, name, pack(SHORT, active, waiting, priority, turn, here, last, from))
  return true
end

-- A new job: the first that waits of a key, or one behind those of the same priority.
local function sitShort(queue, name, priority, sequence, id)
  local most, kept = keys.mostOfEach(queue), queue.keysKept[name]
  if not most or kept == nil or queue.keys[name] or (kept and #kept ~= SHORT_SIZE) then return false end
  local active, waiting, first, turn, here, last, from = 0, 0, priority, 0, 0, 0, 0
  if kept then active, waiting, first, turn, here, last, from = unpackFields(SHORT, kept) end

  local jobs
  if waiting == 0 then
    if most == 0 or active < most then turn = standLast(queue, name, priority) end
    if not kept then zadd(keys.namesKey(queue), 0, sortable(name)) end
    first, here, last, jobs = priority, 1, sequence, keyLanes.entryOf(member(sequence, id))
  elseif first ~= priority or sequence < last then
    return false
  elseif here < waiting or here == MOST_HERE then
    zadd(keyLanes.behindKey(queue), 0, keyLanes.prefix(name, '', priority) .. member(sequence, id))
  else
    jobs = keys.jobsOf(queue, name)
    if from > 0 then jobs = sub(jobs, from + 1) end
    here, last, from, jobs = here + 1, sequence, 0, jobs .. keyLanes.entryOf(member(sequence, id))
  end
  keys.keepShort(queue, name, pack(SHORT, active, waiting + 1, first, turn, here, last, from), jobs)
  keys.count(queue, 1)
  return true
end

-- The first job of a key with a short record: its sequence and id.
function keys.firstShort(queue, name)
  if not keys.isShort(queue, name) then return nil end
  local active, waiting, priority, turn, here, last, from = unpackFields(SHORT, queue.keysKept[name])
  local jobs
  if here > 0 then
    jobs = keys.jobsOf(queue, name)
  elseif waiting > 0 then
    jobs, here, last = keyLanes.fetch(queue, keyLanes.prefix(name, '', priority))
    from = 0
    keys.keepShort(queue, name, pack(SHORT, active, waiting, priority, turn, here, last, 0), jobs)
  end
  if here == 0 then return nil end
  local high, low = byte(jobs, from + 1, from + 2) -- the length of its id
  return sub(jobs, from + 3, from + 10 + high * 256 + low)
end

-- Its first job was claimed: it stands behind all others then, or no more. Gives its turn, if it has one.
function keys.claimShort(queue, name, first, most)
  local active, waiting, priority, turn, here, last, from = unpackFields(SHORT, queue.keysKept[name])
  active, waiting = active + 1, waiting - 1
  if waiting == 0 then
    keys.keepShort(queue, name, pack(SHORT, active, 0, 0, 0, 0, 0, 0), '')
    return nil
  end
  turn = (most == 0 or active < most) and nextNumber() or 0
  if here == 1 then
    keys.keepShort(queue, name, pack(SHORT, active, waiting, priority, turn, 0, last, 0), '')
  else
    keys.keepShort(queue, name, pack(SHORT, active, waiting, priority, turn, here - 1, last, from + 2 + #first))
  end
  return turn > 0 and turn or nil
end

-- Whether one more of its jobs may be claimed ahead of its start, as keys.allowAhead.
function keys.letsAhead(queue, name, most) return most == 0 or unpackFields('>I4', queue.keysKept[name]) + 1 < most end

-- A new job waits.
function keys.sitNew(queue, name, priority, sequence, id)
  if not sitShort(queue, name, priority, sequence, id) then keys.sit(queue, keys.of(queue, name), '', priority, sequence, id, sequence) end
end

-- A running job has ended; its record, as it is stored.
function keys.finish(queue, name, record)
  if freeShort(queue, name) then return end
  local key = keys.of(queue, name)
  key.exists, key.active = true, math.max(0, key.active - 1)
  keys.settle(queue, key, (unpackFields('>I8', record, 45)), true)
end

end)
