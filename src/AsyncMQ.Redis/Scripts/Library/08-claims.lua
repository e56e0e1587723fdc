-- Claims: who holds a job, taking jobs for a session, and giving them up.

-- The job that the session holds under this token; nothing when the claim is not current.
local function findClaimed(queue, id, lane, claim, handle)
  local job = find(queue, id)
  if job and job.state == ACTIVE and job.holder == session.number and job.lane == lane and job.claim == claim and job.handle == handle then
    return job
  end
  return nil
end

-- The names that the session has handlers for, as a set.
local function namesOf()
  if not session.names then
    session.names = {}
    for name in string.gmatch(call('HGET', session.key, 'names') or '', '[^\n]+') do session.names[name] = true end
  end
  return session.names
end

-- The keys of the lanes of parked jobs that the session can run: through the names that are parked, or those that it knows, whichever are fewer.
local function lanesFor(queue)
  local keys = {}
  if queue.parked == 0 then return keys end
  local known, lanes = namesOf(), root .. 'lanes:' .. queue.name
  local count = 0
  for _ in pairs(known) do count = count + 1 end
  if call('SCARD', lanes) > count then
    for name in pairs(known) do
      if call('SISMEMBER', lanes, name) == 1 then keys[#keys + 1] = laneKey(queue, name) end
    end
  else
    for _, name in ipairs(call('SMEMBERS', lanes)) do
      if known[name] then keys[#keys + 1] = laneKey(queue, name) end
    end
  end
  return keys
end

-- Whether something waits that this session can run.
local function hasWorkFor(queue)
  look(queue)
  if queue.hasWaiting then return true end
  for _, key in ipairs(lanesFor(queue)) do
    if call('EXISTS', key) == 1 then return true end
  end
  return false
end

local function isClaimable(queue)
  return queue.known and not queue.closed and queue.pausedUntil <= now and queue.heldUntil <= now
end

-- The first members of the waiting jobs and of those lanes, in one order; taken out. Scores beside them, and the key of each.
local function takeFirst(queue, lanes, most)
  if #lanes == 0 then
    local popped = call('ZPOPMIN', queue.waitingKey, most)
    local taken = {}
    for i = 1, #popped, 2 do taken[#taken + 1] = {member = popped[i], score = popped[i + 1], key = queue.waitingKey} end
    return taken
  end

  local taken = {}
  lanes[#lanes + 1] = queue.waitingKey
  for _, key in ipairs(lanes) do
    local found = call('ZRANGE', key, 0, most - 1, 'WITHSCORES')
    for i = 1, #found, 2 do taken[#taken + 1] = {member = found[i], score = found[i + 1], key = key, number = unpackFields('>I8', found[i])} end
  end
  table.sort(taken, function(one, other)
    local a, b = tonumber(one.score), tonumber(other.score)
    if a ~= b then return a < b end
    return one.number < other.number
  end)
  for i = #taken, most + 1, -1 do taken[i] = nil end
  for i = 1, #taken do call('ZREM', taken[i].key, taken[i].member) end
  return taken
end

-- A damaged record is in no state that can be worked: it leaves the queue's order, so that it stands in nobody's way, and stays for people to see.
local function setAside(queue, id)
  call('SADD', root .. 'damaged:' .. queue.name, id)
end

-- Claims up to so many jobs of a queue, of which so many can start at once. Appends to the reply: id, record, how long it waited, and the body when it is
-- apart. Gives how many were claimed.
local function claimFrom(queue, most, slots, reply)
  local lanes = lanesFor(queue)
  local taken = takeFirst(queue, lanes, most)
  if #taken == 0 then return 0 end

  local ids = {}
  for i = 1, #taken do ids[i] = idOf(taken[i].member) end
  local records = call('HMGET', queue.jobsKey, unpack(ids))
  local held = pack('>I8I4I8', session.number, session.lane, session.sequence)
  local started = pack('>I8I2', now, #session.name)
  local written, active, claims = {}, {}, {}
  local count = 0
  for i = 1, #taken do
    local record, id = records[i], ids[i]
    if not record or #record < FIXED or byte(record) ~= WAITING then
      setAside(queue, id)
    else
      local bits, at = unpackFields('>BI8', record, 2)
      local workerLength, attempt = unpackFields('>I2I4', record, 55)
      local flags = byte(record, 77)
      local mortal = has(flags, MORTAL)
      if (mortal and unpackFields('>I8', record, 94) <= now) or (count >= slots and (mortal or has(flags, KEYED))) then
        -- It cannot start, or must not be held: neither it nor those behind it.
        for back = i, #taken do call('ZADD', taken[back].key, taken[back].score, taken[back].member) end
        break
      end
      local place = nextNumber()
      if has(bits, PARKED) then
        bits = bits - PARKED
        queue.parked = queue.parked - 1
        queue.parkedChanged = true
        queue.lanesLeft = queue.lanesLeft or {}
        local nameLength = unpackFields('>I2', record, 102)
        queue.lanesLeft[sub(record, 112 + workerLength, 111 + workerLength + nameLength)] = true
      end
      if mortal then call('ZREM', queue.ttlKey, member(unpackFields('>I8', record, 39), id)) end

      -- Counted when claimed, not when it fails: a job that kills its process must still run out of attempts.
      local changed = char(ACTIVE, bits) .. pack('>I8I8', now, place) .. held .. sub(record, 39, 46) .. started .. pack('>I4', attempt + 1)
        .. sub(record, 61, FIXED) .. session.name .. sub(record, FIXED + 1 + workerLength)
      count = count + 1
      written[#written + 1] = id
      written[#written + 1] = changed
      active[#active + 1] = place
      active[#active + 1] = id
      claims[count] = queue.name .. '\0' .. id
      reply[#reply + 1] = id
      reply[#reply + 1] = changed
      reply[#reply + 1] = at < now and now - at or 0
      if has(bits, LARGE) then reply[#reply + 1] = call('HGET', queue.bodyKey, id) or '' end
      queue.jobs[id] = nil
    end
  end
  if count > 0 then
    call('HSET', queue.jobsKey, unpack(written))
    call('ZADD', queue.activeKey, unpack(active))
    call('SADD', root .. 'claims:' .. text(session.number), unpack(claims))
  end
  touch(queue)
  return count
end

-- All jobs that a session holds, the oldest claim first, those of one moment in order of adding.
local function claimsOf(holder)
  local jobs = {}
  for _, ref in ipairs(call('SMEMBERS', root .. 'claims:' .. text(holder))) do
    local cut = string.find(ref, '\0', 1, true)
    local job = find(queueOf(sub(ref, 1, cut - 1)), sub(ref, cut + 1))
    if job then jobs[#jobs + 1] = job end
  end
  table.sort(jobs, function(one, other)
    if one.started ~= other.started then return one.started < other.started end
    return one.handle < other.handle
  end)
  return jobs
end

-- From here on the session's steps are refused. While it holds claims its record stays, for recovery to work through.
local function endSession(id, holder, isDead)
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
