-- Needs: 01-step, 02-records, 03-queues, 04-windows, 05-key-lanes, 05-key-storing, 05-keys-short, 05-keys-times
-- Keys of a queue: who may be claimed from, in what turn, and when to look again, as in IKeyStore and StoredKeys of the store in memory. Nothing is scanned: a
-- key that is not open stands in no order of turns, and comes back by a settlement, by its time, or by a command.
--   keys:<queue>, keyJobs:<queue>   hashes: key -> record, first waiting jobs, as in 05-key-storing     keyNames:<queue>   sorted set: the keys in order
--   turns:<queue>, turns:<queue> NUL <name>   sorted sets: those that stand, by priority; members are the turn (eight bytes), then the key
--   opening:<queue>   sorted set: keys that open by themselves, by when       forgetting  sorted set: queue NUL key by when nothing is left to remember
--   keyed:<queue>, keyedParked:<queue> NUL <name>   sorted sets: waiting jobs with a key in the order in which they are shown, as in waiting:<queue>
--   plainTurns:<queue>  hash: priority -> turn of the jobs without a key, which are one more key; noted only while jobs with keys wait

lazily(keys, function()

local touchKey = keys.touch

-- The bench on which a job waits.
local function benchOf(job) return has(job.bits, PARKED) and nameOf(job) or '' end

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

function keys.tellsLimits(queue) return queue.journal and queue.journal.wants('LimitReached', queue.name) end

-- For those who listen: that a key's limits hold jobs back is told once, at the end of the step, until they do not. Strict order is no limit.
local function noteLimit(queue, key, limits)
  local isReached = limits and key.waiting > 0
    and ((limits.most > 0 and key.active >= limits.most) or windows.nextPermit(key.window, limits) ~= nil) or false
  if isReached and not key.told and keys.tellsLimits(queue) then
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
