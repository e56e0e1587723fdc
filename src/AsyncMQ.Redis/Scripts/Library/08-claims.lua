-- Needs: 01-step, 02-records, 03-queues, 06-limits, 06-moves, 07-ready
-- Claims: who holds a job, taking jobs for a session, and giving them up.

local findClaimed, lanesFor, hasWorkFor, isClaimable, claimFrom, claimsOf, endSession

do -- what follows and is not named above is seen here only: a script has room for two hundred names

-- Names from outside are looked for, each time a function is made, from the nearest on.
local call, root, sub, byte, pack, unpackFields, has, text = call, root, sub, byte, pack, unpackFields, has, text

-- The job that the session holds under this token; nothing when the claim is not current.
function findClaimed(queue, id, lane, claim, handle)
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
function lanesFor(queue)
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
function hasWorkFor(queue)
  look(queue)
  if queue.hasWaiting then return true end
  for _, key in ipairs(lanesFor(queue)) do
    if call('EXISTS', key) == 1 then return true end
  end
  return false
end

function isClaimable(queue)
  return queue.known and not queue.closed and queue.pausedUntil <= now and queue.heldUntil <= now
end

-- The first members of the waiting jobs and of those lanes, in one order, taken out; their scores, and the key of each.
local function takeFirst(queue, lanes, most)
  local members, scores, keys = {}, {}, {}
  if #lanes == 0 then
    local popped = call('ZPOPMIN', queue.waitingKey, most)
    for i = 1, #popped / 2 do members[i], scores[i] = popped[2 * i - 1], popped[2 * i] end
    return members, scores, keys
  end

  local found = {}
  lanes[#lanes + 1] = queue.waitingKey
  for _, key in ipairs(lanes) do
    local first = call('ZRANGE', key, 0, most - 1, 'WITHSCORES')
    for i = 1, #first, 2 do
      found[#found + 1] = {member = first[i], score = first[i + 1], priority = tonumber(first[i + 1]), key = key, number = unpackFields('>I8', first[i])}
    end
  end
  table.sort(found, function(one, other)
    if one.priority ~= other.priority then return one.priority < other.priority end
    return one.number < other.number
  end)
  for i = 1, math.min(most, #found) do
    members[i], scores[i], keys[i] = found[i].member, found[i].score, found[i].key
    call('ZREM', keys[i], members[i])
  end
  return members, scores, keys
end

-- A damaged record is in no state that can be worked: it leaves the queue's order, so that it stands in nobody's way, and stays for people to see.
local function setAside(queue, id)
  call('SADD', root .. 'damaged:' .. queue.name, id)
end

-- What few of the claimed jobs need: out of the lane of their name, and of the index of times-to-live.
local function leaveSpecial(queue, id, record, bits)
  if has(bits, PARKED) then
    queue.parked = queue.parked - 1
    queue.parkedChanged = true
    queue.lanesLeft = queue.lanesLeft or {}
    queue.lanesLeft[sub(record, 112, 111 + unpackFields('>I2', record, 102))] = true
  end
  if has(byte(record, 77), MORTAL) then call('ZREM', queue.ttlKey, sub(record, 53, 60) .. id) end
end

-- Claims up to so many jobs of a queue, of which so many can start at once. Appends to the reply: id, the record as it was before, and the body when it is
-- apart. Gives how many were claimed.
local FIRST_ATTEMPT = pack('>I4', 1)
function claimFrom(queue, most, slots, reply)
  local members, scores, keys = takeFirst(queue, lanesFor(queue), most)
  if #members == 0 then return 0 end

  local ids = {}
  for i = 1, #members do ids[i] = idOf(members[i]) end
  local records = call('HMGET', queue.jobsKey, unpack(ids))
  local at = pack('>I8', now)
  local front = char(ACTIVE, 0) .. at
  local held = pack('>I8I8I2I4I8', session.number, now, #session.name, session.lane, session.sequence)
  local prefix = queue.name .. '\0'
  local written, active, claims = {}, {}, {}
  local count, replied = 0, #reply
  for i = 1, #members do
    local record, id = records[i], ids[i]
    if not record or #record < FIXED or byte(record) ~= WAITING then
      setAside(queue, id)
    else
      local bits, flags = byte(record, 2), byte(record, 77)
      local mortal = flags ~= 0 and has(flags, MORTAL)
      if (mortal and unpackFields('>I8', record, 94) <= now) or (count >= slots and (mortal or queue.limitsKept)) then
        -- It cannot start, or must not be held: neither it nor those behind it.
        for back = i, #members do call('ZADD', keys[back] or queue.waitingKey, scores[back], members[back]) end
        break
      end

      local head = front
      if bits ~= 0 or mortal then
        leaveSpecial(queue, id, record, bits)
        head = char(ACTIVE, bits - bits % 4 + bits % 2) .. at
      end
      -- Counted when claimed, not when it fails: a job that kills its process must still run out of attempts.
      local attempt = FIRST_ATTEMPT
      if string.find(record, '\0\0\0\0', 19, true) ~= 19 then attempt = pack('>I4', unpackFields('>I4', record, 19) + 1) end
      local high, low = byte(record, 39, 40)
      local last = high + low > 0 and -(high * 256 + low) - 1 or -1

      local place = nextNumber()
      count = count + 1
      written[2 * count - 1] = id
      written[2 * count] = head .. pack('>I8', place) .. attempt .. held .. sub(record, 53, last) .. session.name
      active[2 * count - 1] = place
      active[2 * count] = id
      claims[count] = prefix .. id
      reply[replied + 1], reply[replied + 2] = id, record
      replied = replied + 2
      if has(bits, LARGE) then
        replied = replied + 1
        reply[replied] = call('HGET', queue.bodyKey, id) or ''
      end
      queue.jobs[id] = nil
      if queue.journal then
        queue.journal.tellRecord('Started', queue, id, record, {attempt = unpackFields('>I4', attempt), state = ACTIVE, text = session.name})
      end
    end
  end
  if count > 0 then
    call('HSET', queue.jobsKey, unpack(written))
    call('ZADD', queue.activeKey, unpack(active))
    call('SADD', root .. 'claims:' .. text(session.number), unpack(claims))
  end
  spend(queue, count)
  touch(queue)
  return count
end

-- All jobs that a session holds, the oldest claim first, those of one moment in order of adding.
function claimsOf(holder)
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
function endSession(id, holder, isDead)
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

end
