-- Needs: 01-step, 02-records, 03-batches, 03-queues, 04-windows, 05-keys, 06-limits, 06-moves, 07-ready
-- Claims: taking jobs for a session, what it holds, and giving it up.

local hasWorkFor, isClaimable, setAside, claimFrom
local turns = {} -- the functions of 08-turns
local taking = {}
local rarely = {} -- what few claims need

do -- what follows and is not named above is seen here only: a script has room for two hundred names

-- Whether something may be claimed that this session can run.
function hasWorkFor(queue)
  look(queue)
  return queue.hasWaiting or (queue.parked > 0 and rarely.hasParkedFor(queue))
end

function isClaimable(queue)
  return queue.known and not queue.closed and queue.pausedUntil <= now and queue.heldUntil <= now
end

-- The first members of the waiting jobs, and of those parked that the session can run, in one order; and the sorted set of each, when they are of several.
local function findFirst(queue, most)
  local names = queue.parked > 0 and rarely.lanesFor(queue) or {}
  if #names == 0 then return call('ZRANGE', queue.waitingKey, 0, most - 1), nil end

  local members, places = {}, {}
  local found = rarely.firstPlain(queue, names, most)
  for i = 1, math.min(most, #found) do members[i], places[i] = found[i].member, found[i].place end
  return members, places
end

-- Takes so many of them out.
local function takeOut(queue, members, places, count)
  if not places then
    if count > 0 then call('ZREMRANGEBYRANK', queue.waitingKey, 0, count - 1) end
    return
  end
  for i = 1, count do call('ZREM', places[i], members[i]) end
end

-- A damaged record is in no state that can be worked: it leaves the queue's order, so that it stands in nobody's way, and stays for people to see.
function setAside(queue, id)
  call('SADD', root .. 'damaged:' .. queue.name, id)
end

-- Jobs of a queue that are being claimed: what is written for them is gathered, and done with one command for all. Each appends to the reply: id, the record as
-- it was before, and the body when it is apart.
local MANY = 8
local source, reply, replied, count, ids, isPlain
function taking.begin(queue, into)
  source, reply, replied, count, ids, isPlain = queue, into, #into, 0, {}, true
end

-- Gives how many there are now.
function taking.add(id, record, bits, flags)
  if bits ~= 0 or flags ~= 0 then
    if bits ~= 0 or flags ~= KEYED then isPlain = false end
    if has(bits, PARKED) or has(flags, MORTAL) then rarely.leave(source, id, record, bits) end
  end
  count = count + 1
  ids[count] = id
  reply[replied + 1], reply[replied + 2] = id, record
  replied = replied + 2
  if bits >= LARGE and has(bits, LARGE) then
    replied = replied + 1
    reply[replied] = call('HGET', source.bodyKey, id) or ''
  end
  source.jobs[id] = nil
  if source.journal then
    source.journal.tellRecord('Started', source, id, record, {attempt = unpackFields('>I4', record, 11) + 1, state = ACTIVE, text = session.name})
  end
  return count
end

-- Gives how many were claimed, and the place of the first: those of the others follow.
function taking.finish()
  local last = nextNumber(count)
  local first = last - count + 1
  if count > 0 then
    local active = {}
    for i = 1, count do active[2 * i - 1], active[2 * i] = text(first + i - 1), ids[i] end
    if count >= MANY then active[2 * count + 1], active[2 * count + 2] = BALLAST_SCORE, BALLAST end
    call('ZADD', source.activeKey, unpack(active))
    -- An attempt counts when it is claimed, not when it fails: a job that kills its process must still run out of attempts. Its batch tells of it.
    keepBatch(source.name, first, last, ACTIVE, isPlain, packClaim())
    call('SADD', root .. 'claims:' .. text(session.number), source.name .. '\0' .. pack('>I8I8', first, last))
  end
  if source.limitsKept then limiting.spend(source, count) end
  touch(source)
  return count, first
end

-- Claims up to so many jobs of a queue, of which so many can start at once. Gives how many were claimed, and the place of the first.
function claimFrom(queue, most, slots, into)
  if queue.keyed > 0 then return turns.claim(queue, most, slots, into) end
  local members, places = findFirst(queue, most)
  if #members == 0 then
    queue.isDrained = not places
    return 0
  end

  local limits, ids = limitsOf(queue), {}
  for i = 1, #members do ids[i] = idOf(members[i]) end
  local records = call('HMGET', queue.jobsKey, unpack(ids))
  taking.begin(queue, into)
  local taken, gone, add = 0, 0, taking.add
  for i = 1, #members do
    local record, id = records[i], ids[i]
    if not record or #record < FIXED or byte(record) ~= WAITING then
      setAside(queue, id)
    else
      local bits, flags = byte(record, 2), byte(record, 86)
      local mortal = flags ~= 0 and has(flags, MORTAL)
      -- It cannot start, or must not be held: neither it nor those behind it.
      if (mortal and unpackFields('>I8', record, 73) <= now) or (taken >= slots and (mortal or (limits and limits.bounds))) then break end
      taken = add(id, record, bits, flags)
    end
    gone = i
  end
  takeOut(queue, members, places, gone)
  queue.isDrained = not places and gone == #members and gone < most
  return taking.finish()
end

end

lazily(rarely, function()

-- The names that the session has handlers for, as a set.
local function namesOf()
  if not session.names then
    session.names = {}
    for name in string.gmatch(call('HGET', session.key, 'names') or '', '[^\n]+') do session.names[name] = true end
  end
  return session.names
end

-- The names of parked jobs that the session can run: through the names that are parked, or those that it knows, whichever are fewer.
function rarely.lanesFor(queue)
  local names = {}
  if queue.parked == 0 then return names end
  local known, lanes = namesOf(), root .. 'lanes:' .. queue.name
  local count = 0
  for _ in pairs(known) do count = count + 1 end
  if call('SCARD', lanes) > count then
    for name in pairs(known) do
      if call('SISMEMBER', lanes, name) == 1 then names[#names + 1] = name end
    end
  else
    for _, name in ipairs(call('SMEMBERS', lanes)) do
      if known[name] then names[#names + 1] = name end
    end
  end
  return names
end

-- Whether parked jobs may be claimed that this session can run.
function rarely.hasParkedFor(queue)
  for _, name in ipairs(rarely.lanesFor(queue)) do
    if call('EXISTS', laneKey(queue, name), keys.turnsKey(queue, name)) > 0 then return true end
  end
  return false
end

-- The first of the waiting jobs without a key and of those parked under these names, in one order: each its priority, sequence, member and sorted set. So many of
-- each place at most; how many there are, when some place may have more.
function rarely.firstPlain(queue, names, most)
  local found, cut = {}, nil
  local function add(place)
    local first = call('ZRANGE', place, 0, most - 1, 'WITHSCORES')
    local last
    for i = 1, #first, 2 do
      last = {member = first[i], priority = tonumber(first[i + 1]), place = place, sequence = unpackFields('>I8', first[i])}
      found[#found + 1] = last
    end
    if #first == 2 * most then return last end
  end
  local function isBefore(one, other)
    if one.priority ~= other.priority then return one.priority < other.priority end
    return one.sequence < other.sequence
  end

  for i = 0, #names do
    local last = add(i == 0 and queue.waitingKey or laneKey(queue, names[i]))
    if last and (not cut or isBefore(last, cut)) then cut = last end
  end
  if #names > 0 then table.sort(found, isBefore) end
  return found, cut, isBefore
end

-- What few of the claimed jobs need: out of the lane of their name, and of the index of times-to-live.
function rarely.leave(queue, id, record, bits)
  if has(bits, PARKED) then
    queue.parked = queue.parked - 1
    queue.parkedChanged = true
    queue.lanesLeft = queue.lanesLeft or {}
    queue.lanesLeft[sub(record, 105, 104 + unpackFields('>I2', record, 95))] = true
  end
  if has(byte(record, 86), MORTAL) then call('ZREM', queue.ttlKey, sub(record, 45, 52) .. id) end
end

-- All jobs that a session holds, the oldest claim first, those of one moment in order of adding.
function rarely.claimsOf(holder)
  local jobs = {}
  batches.eachHeld(holder, function(name, ids)
    local queue = queueOf(name)
    load(queue, ids)
    for i = 1, #ids do jobs[#jobs + 1] = find(queue, ids[i]) end
  end)
  table.sort(jobs, function(one, other)
    if one.started ~= other.started then return one.started < other.started end
    return one.handle < other.handle
  end)
  return jobs
end

-- From here on the session's steps are refused. While it holds claims its record stays, for recovery to work through.
function rarely.endSession(id, holder, isDead)
  local key = root .. 'session:' .. id
  call('ZREM', root .. 'sessions', id)
  call('ZREM', root .. 'producers', id)
  call('ZADD', root .. 'ended', now, id)
  call('DEL', root .. 'mail:' .. text(holder), root .. 'works:' .. text(holder))
  if isDead and call('EXISTS', root .. 'claims:' .. text(holder)) == 1 then
    local name = call('HGET', key, 'name')
    call('DEL', key)
    call('HSET', key, 'number', holder, 'name', name, 'dead', 1)
    call('ZADD', root .. 'dead', nextNumber(), id)
  else
    call('DEL', key)
    call('HDEL', root .. 'numbers', text(holder))
  end
end

end)
