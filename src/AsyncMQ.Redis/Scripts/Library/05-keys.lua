-- Needs: 01-step, 02-records, 03-queues, 04-windows, 05-key-lanes, 05-key-records, 05-keys-times
-- Keys of a queue: who may be claimed from, in what turn, and when to look again, as in IKeyStore and StoredKeys of the store in memory. Nothing is scanned: a
-- key that is not open stands in no order of turns, and comes back by a settlement, by its time, or by a command.
--   keys:<queue>      hash: key -> record, below          keyNames:<queue>  sorted set: the keys in order
--   turns:<queue>, turns:<queue> NUL <name>   sorted sets: those that stand, by priority; members are the turn (eight bytes), then the key
--   opening:<queue>   sorted set: keys that open by themselves, by when       forgetting  sorted set: queue NUL key by when nothing is left to remember
--   keyed:<queue>, keyedParked:<queue> NUL <name>   sorted sets: waiting jobs with a key in the order in which they are shown, as in waiting:<queue>
--   plainTurns:<queue>  hash: priority -> turn of the jobs without a key, which are one more key; noted only while jobs with keys wait
-- A record: waiting, active, held until, look at (0: not by itself), bits (1 to open, else to forget; 2 own limits; 4 head; 8 told that its limits hold it back), lengths of the permits spent and of
-- the head, number of lanes; own limits, permits, head (handle, whether it waits, priority, length of bench, bench, id), lanes.

lazily(keys, function()

local KEY, KEY_SIZE = '>I4I4I8I8BI2I2I2', 31
local LIMITS_SIZE = 17
local HEAD, HEAD_SIZE = '>I8Bi4I2', 15
local TO_OPEN, OWN, LED, TOLD = 1, 2, 4, 8

function keys.namesKey(queue) return root .. 'keyNames:' .. queue.name end

function keys.recordsKey(queue) return root .. 'keys:' .. queue.name end

function keys.openingKey(queue) return root .. 'opening:' .. queue.name end

function keys.turnsKey(queue, bench) return root .. 'turns:' .. queue.name .. (bench == '' and '' or '\0' .. bench) end

-- Where the waiting jobs with a key of a bench are shown. A bench: all that are not parked, or the name under which they are.
function keys.waitingKey(queue, bench)
  return bench == '' and root .. 'keyed:' .. queue.name or root .. 'keyedParked:' .. queue.name .. '\0' .. bench
end

local function textBehind(packed, at)
  local high, low = byte(packed, at, at + 1)
  return sub(packed, at + 2, at + 1 + high * 256 + low)
end

-- The key in the record of a job that has one, and in an add: behind the name and its own length.
function keys.inRecord(record)
  local high, low = byte(record, 102, 103)
  return textBehind(record, 112 + high * 256 + low)
end

function keys.inBlob(blob)
  local high, low = byte(blob, 15, 16)
  return textBehind(blob, 25 + high * 256 + low)
end

local function benchOf(job) return has(job.bits, PARKED) and nameOf(job) or '' end

local function unpackHead(packed)
  local handle, waits, priority, length = unpackFields(HEAD, packed)
  return {handle = handle, waits = waits == 1, priority = priority, bench = sub(packed, HEAD_SIZE + 1, HEAD_SIZE + length), id = sub(packed, HEAD_SIZE + 1 + length)}
end

local function packHead(head)
  return pack(HEAD, head.handle, head.waits and 1 or 0, head.priority, #head.bench) .. head.bench .. head.id
end

local function read(queue, name, kept)
  local key = {name = name, waiting = 0, active = 0, heldUntil = 0, lookAt = 0, toOpen = false, lanes = {}, exists = false, stored = false}
  if kept and #kept >= KEY_SIZE then
    local bits, spentLength, headLength, lanes
    key.waiting, key.active, key.heldUntil, key.lookAt, bits, spentLength, headLength, lanes = unpackFields(KEY, kept)
    local at = KEY_SIZE + 1
    key.exists, key.stored, key.toOpen, key.told = true, true, has(bits, TO_OPEN), has(bits, TOLD)
    if has(bits, OWN) then
      key.own = windows.unpackLimits(kept, at)
      key.ownKept = sub(kept, at, at + LIMITS_SIZE - 1)
      at = at + LIMITS_SIZE
    end
    if spentLength > 0 then key.window = windows.unpack(sub(kept, at, at + spentLength - 1)) end
    at = at + spentLength
    if has(bits, LED) then key.head = unpackHead(sub(kept, at, at + headLength - 1)) end
    at = at + headLength
    for i = 1, lanes do key.lanes[i], at = keyLanes.unpack(kept, at) end
  end
  queue.keys[name] = key
  return key
end

local function packKey(key)
  local spent, head = key.window and windows.pack(key.window) or '', key.head and packHead(key.head) or ''
  local bits = (key.toOpen and TO_OPEN or 0) + (key.own and OWN or 0) + (key.head and LED or 0) + (key.told and TOLD or 0)
  local packed = pack(KEY, key.waiting, key.active, key.heldUntil, key.lookAt, bits, #spent, #head, #key.lanes) .. (key.ownKept or '') .. spent .. head
  for i = 1, #key.lanes do packed = packed .. keyLanes.pack(key.lanes[i]) end
  return packed
end

-- A key, there or not. The records are taken apart only where that is needed.
function keys.of(queue, name)
  local key = queue.keys[name]
  if key then return key end
  local kept = queue.keysKept[name]
  if kept == nil then kept = call('HGET', keys.recordsKey(queue), name) end
  key = read(queue, name, kept)
  if queue.keysCounted and queue.keysCounted[name] then keys.touch(queue, key) end
  return key
end

-- Reads keys that will be asked for.
function keys.load(queue, names)
  local kept, wanted = queue.keysKept, {}
  for i = 1, #names do
    local name = names[i]
    if kept[name] == nil then
      kept[name] = false
      wanted[#wanted + 1] = name
    end
  end
  for from = 1, #wanted, MOST do
    local last = math.min(from + MOST - 1, #wanted)
    local records = call('HMGET', keys.recordsKey(queue), unpack(wanted, from, last))
    for i = from, last do kept[wanted[i]] = records[i - from + 1] end
  end
end

-- Reads the keys of jobs that are known to the step.
function keys.loadOfJobs(queue, ids)
  local names = {}
  for i = 1, #ids do
    local job = queue.jobs[ids[i]]
    if job and has(job.flags, KEYED) then names[#names + 1] = textBehind(job.rest, job.nameLength + 1) end
  end
  if #names > 0 then keys.load(queue, names) end
end

-- The key of a job that has one.
function keys.ofJob(job)
  if not job.key then job.key = textBehind(job.rest, job.nameLength + 1) end
  return keys.of(job.queue, job.key)
end

-- Its record is written by the next flush.
local function touchKey(queue, key)
  if not queue.dirtyKeys then queue.dirtyKeys = {} end
  queue.dirtyKeys[key.name] = key
  queue.touched = true
end
keys.touch = touchKey

-- Writes what changed; part of flush.
function keys.flush(queue)
  local set, gone = {}, {}
  for name, key in pairs(queue.dirtyKeys) do
    if key.exists then
      set[#set + 1] = name
      set[#set + 1] = packKey(key)
      if not key.stored then zadd(keys.namesKey(queue), 0, sortable(name)) end
    elseif key.stored then
      gone[#gone + 1] = name
      zrem(keys.namesKey(queue), sortable(name))
    end
    key.stored = key.exists
  end
  for name in pairs(queue.keysCounted or {}) do
    if not queue.keys[name] then
      set[#set + 1] = name
      set[#set + 1] = queue.keysKept[name]
    end
  end
  bulk('HDEL', keys.recordsKey(queue), gone)
  bulk('HSET', keys.recordsKey(queue), set)
  if queue.keyedChanged then call('HSET', queue.record, 'keyed', queue.keyed) end
  for priority in pairs(queue.newPlainTurns or {}) do call('HSET', root .. 'plainTurns:' .. queue.name, priority, queue.plainTurns[priority]) end
  queue.dirtyKeys, queue.keysCounted, queue.keyedChanged, queue.newPlainTurns = nil, nil, false, nil
end

function keys.limitsOf(queue, key)
  if key.own then return key.own end
  local limits = limitsOf(queue)
  return limits and limits.perKey or nil
end

-- From when on its jobs may be claimed; now or before: it is open.
local function opensAt(key, limits)
  local most = UNLIMITED
  if limits then most = limits.strict and 1 or limits.most > 0 and limits.most or UNLIMITED end
  if key.active >= most or (key.head and not key.head.waits) then return NEVER end
  return math.max(key.heldUntil, windows.nextPermit(key.window, limits) or 0)
end
keys.opensAt = opensAt

-- From when on there is nothing to remember of it, should nothing else happen.
function keys.forgottenAt(key, limits)
  if key.waiting > 0 or key.active > 0 or key.own or key.head then return NEVER end
  if limits and limits.permits > 0 and key.window and windows.left(key.window, limits) < limits.permits then
    return math.max(key.heldUntil, windows.emptyAt(key.window, limits))
  end
  return key.heldUntil
end

-- Whether a lane may stand while its key is open: all, or the head's alone.
function keys.letsStand(key, lane)
  local head = key.head
  return not head or (head.waits and head.priority == lane.priority and head.bench == lane.bench)
end

local function turnMember(key, lane) return pack('>I8', lane.turn) .. key.name end

local function stepOut(queue, key, lane)
  if lane.turn == 0 then return end
  local place, name = keys.turnsKey(queue, lane.bench), turnMember(key, lane)
  local coming = adding[place]
  if coming and coming[name] then coming[name] = nil else put(removing, place, name, true) end
  lane.turn = 0
end

local function standAt(queue, key, lane, turn)
  -- Whoever does not know that name finds nothing in this bench: the index of ready queues does not tell of it.
  if lane.turn == 0 and lane.bench ~= '' then queue.news = true end
  stepOut(queue, key, lane)
  lane.turn = turn
  zadd(keys.turnsKey(queue, lane.bench), lane.priority, turnMember(key, lane))
end

-- A key takes its place for a priority, behind all others.
local function stand(queue, key, priority)
  local turn = nextNumber()
  for i = 1, #key.lanes do
    local lane = key.lanes[i]
    if lane.priority == priority and keys.letsStand(key, lane) then standAt(queue, key, lane, turn) end
  end
end

-- Where jobs of the same priority stand already, on another bench, the key has its place.
local function join(queue, key, lane)
  for i = 1, #key.lanes do
    local other = key.lanes[i]
    if other.turn > 0 and other.priority == lane.priority then
      standAt(queue, key, lane, other.turn)
      return
    end
  end
  stand(queue, key, lane.priority)
end

-- When to look at a key again: with waiting jobs to open, without to be forgotten.
local function remember(queue, key, lookAt)
  local toOpen = key.waiting > 0
  if lookAt <= now then
    -- Open, or nothing left to remember.
    if not toOpen then key.exists = false end
    lookAt = 0
  elseif lookAt >= NEVER then
    lookAt = 0
  end
  if key.lookAt == lookAt and key.toOpen == toOpen then return end
  if key.lookAt > 0 then
    if key.toOpen then zrem(keys.openingKey(queue), sortable(key.name)) else zrem(root .. 'forgetting', queue.name .. '\0' .. key.name) end
  end
  key.lookAt, key.toOpen = lookAt, toOpen
  if lookAt > 0 then
    if toOpen then zadd(keys.openingKey(queue), lookAt, sortable(key.name)) else zadd(root .. 'forgetting', lookAt, queue.name .. '\0' .. key.name) end
  end
end

local function tellsLimits(queue) return queue.journal and queue.journal.wants('LimitReached', queue.name) end

-- For those who listen: that a key's limits hold jobs back is told once, at the end of the step, until they do not. Strict order is no limit.
local function noteLimit(queue, key, limits)
  local isReached = limits and key.waiting > 0
    and ((limits.most > 0 and key.active >= limits.most) or windows.nextPermit(key.window, limits) ~= nil) or false
  if isReached and not key.told and tellsLimits(queue) then
    queue.reached = queue.reached or {}
    if not queue.reached[key.name] then
      queue.reached[key.name] = true
      queue.reached[#queue.reached + 1] = {name = key.name, till = windows.nextPermit(key.window, limits)}
    end
    key.told = true
  elseif not isReached then
    key.told = false
  end
end

-- After a change of a key: whether it is open, and so where it stands, and when to look again. True when it is open.
local function review(queue, key)
  touchKey(queue, key)
  local limits = keys.limitsOf(queue, key)
  if limits and limits.permits > 0 then
    key.window = key.window or windows.unpack('')
  else
    key.window = nil
  end
  if not limits or not limits.strict then key.head = nil end
  noteLimit(queue, key, limits)

  local at = opensAt(key, limits)
  local isOpen = at <= now
  if key.waiting > 0 then
    for i = 1, #key.lanes do
      local lane = key.lanes[i]
      if not isOpen or not keys.letsStand(key, lane) then
        stepOut(queue, key, lane)
      elseif lane.turn == 0 then
        join(queue, key, lane)
      end
    end
    remember(queue, key, at)
  else
    remember(queue, key, keys.forgottenAt(key, limits))
  end
  return isOpen
end
keys.review = review

local function count(queue, difference)
  queue.keyed, queue.keyedChanged = queue.keyed + difference, true
end
keys.count = count

-- A job waits on a bench.
function keys.sit(queue, key, bench, priority, sequence, id, handle)
  key.exists = true
  key.waiting = key.waiting + 1
  count(queue, 1)
  keyLanes.insert(queue, key, keyLanes.of(key, bench, priority), sequence, id)
  local head = key.head
  if head and head.handle == handle then head.waits, head.bench, head.priority = true, bench, priority end
  review(queue, key)
end

function keys.enter(job) keys.sit(job.queue, keys.ofJob(job), benchOf(job), job.priority, job.sequence, job.id, job.handle) end

-- A job of a lane waits no more. Where it goes to follows.
function keys.rise(queue, key, lane, sequence, id)
  touchKey(queue, key)
  key.waiting = key.waiting - 1
  count(queue, -1)
  keyLanes.remove(queue, key, lane, sequence, id)
  if lane.count == 0 then
    stepOut(queue, key, lane)
    keyLanes.drop(key, lane)
  end
  if key.head and key.head.id == id then key.head.waits = false end
end

-- A job leaves the place where its key knows it. Where it goes to follows: it waits again, or keys.settle.
function keys.leave(job)
  local key = keys.ofJob(job)
  if job.state == WAITING then
    local lane = keyLanes.find(key, benchOf(job), job.priority)
    if lane then keys.rise(job.queue, key, lane, job.sequence, job.id) end
  else
    key.exists, key.active = true, math.max(0, key.active - 1)
    touchKey(job.queue, key)
  end
end

-- A waiting job of a lane was claimed.
function keys.claim(queue, key, lane, sequence, id, handle)
  local priority, limits = lane.priority, keys.limitsOf(queue, key)
  keys.rise(queue, key, lane, sequence, id)
  key.active = key.active + 1
  if limits then
    if limits.strict then key.head = {handle = handle, id = id, waits = false, priority = 0, bench = ''} end
    if limits.permits > 0 then
      key.window = key.window or windows.unpack('')
      windows.spend(key.window, limits, 1)
    end
  end
  if review(queue, key) then stand(queue, key, priority) end
end

-- A job that neither waits nor runs any more has come to where it goes.
function keys.settle(queue, key, handle, hasEnded)
  if not key.exists then return end
  if hasEnded and key.head and key.head.handle == handle then key.head = nil end
  review(queue, key)
end

-- The record of a key, where it is simple and was not taken apart.
function keys.simple(queue, name)
  local kept = queue.keysKept[name]
  if kept and not queue.keys[name] and not queue.reviewFrom and keyRecords.isSimple(kept) and not tellsLimits(queue) then return kept end
  return nil
end

function keys.keepSimple(queue, name, kept)
  queue.keysKept[name] = kept
  queue.keysCounted, queue.dirtyKeys, queue.touched = queue.keysCounted or {}, queue.dirtyKeys or {}, true
  queue.keysCounted[name] = true
end

-- How many jobs of a key without limits of its own may run at once, 0 for any number; nothing, when a rate or an order is kept.
function keys.mostOfEach(queue)
  local limits = limitsOf(queue)
  local each = limits and limits.perKey
  if not each then return 0 end
  if each.permits > 0 or each.strict then return nil end
  return each.most
end

-- The end of a job of a simple key: one number of its record changes, and it may stand again.
local function freeSimple(queue, name)
  local kept, most = keys.simple(queue, name), keys.mostOfEach(queue)
  if not kept or not most then return false end
  if keyRecords.stands(kept) then
    keys.keepSimple(queue, name, keyRecords.free(kept))
    return true
  end
  if most == 0 or keyRecords.active(kept) > most or keyRecords.isTimed(kept) then return false end
  local turn = nextNumber()
  keys.keepSimple(queue, name, keyRecords.stand(keyRecords.free(kept), turn))
  zadd(keys.turnsKey(queue, ''), (unpackFields('>i4', kept, 32)), pack('>I8', turn) .. name)
  return true
end

-- A new job of a simple key that has jobs of the same priority: it comes behind them, and changes nothing else.
local function sitSimple(queue, name, priority, sequence, id)
  local kept = keys.simple(queue, name)
  if not kept then return false end
  local packed, isBehind = keyRecords.append(kept, pack('>i4', priority), sequence, id)
  if not packed then return false end
  if isBehind then zadd(keyLanes.behindKey(queue), 0, keyLanes.prefix({name = name}, {bench = '', priority = priority}) .. member(sequence, id)) end
  keys.keepSimple(queue, name, packed)
  count(queue, 1)
  return true
end

-- A new job waits.
function keys.sitNew(queue, name, priority, sequence, id)
  if not sitSimple(queue, name, priority, sequence, id) then keys.sit(queue, keys.of(queue, name), '', priority, sequence, id, sequence) end
end

-- A running job has ended.
function keys.finish(queue, name, handle)
  if freeSimple(queue, name) then return end
  local key = keys.of(queue, name)
  key.exists, key.active = true, math.max(0, key.active - 1)
  keys.settle(queue, key, handle, true)
end

function keys.isHead(job)
  local head = keys.ofJob(job).head
  return head ~= nil and head.handle == job.handle
end

-- A claim of the job is taken back as if it had not been.
function keys.givePermitBack(job)
  local key = keys.ofJob(job)
  if not key.window then return end
  windows.giveBack(key.window)
  touchKey(job.queue, key)
end

-- Nothing of the key until then.
function keys.hold(queue, key, till)
  key.exists, key.heldUntil = true, till
  review(queue, key)
end

-- Limits of its own, as they are packed; '': the queue's hold.
function keys.limit(queue, key, packed)
  key.exists = true
  if packed == '' then
    key.own, key.ownKept = nil, nil
  else
    key.own, key.ownKept = windows.unpackLimits(packed, 1), packed
  end
  review(queue, key)
end

-- Whether one more of its jobs may be claimed ahead of its start, as far as its limits go.
function keys.allowAhead(queue, key)
  local limits = keys.limitsOf(queue, key)
  return not limits or (limits.permits == 0 and not limits.strict and (limits.most == 0 or key.active + 1 < limits.most))
end

end)
