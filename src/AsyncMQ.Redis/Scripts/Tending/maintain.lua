-- Needs: 01-step, 02-records, 03-batches, 03-queues, 04-storing, 05-deduplication, 05-keys, 06-moves, 06-spreading, 07-ready, 08-claims, 09-time, 13-firing, 14-figures, 15-subscribers
-- Housekeeping, so many records at most: time-to-live, retention, tombstones, windows, keys, unused sessions. Queues are looked at some hundred at a time: the
-- next step, whoever sends it, goes on where maintainFrom of the installation's record says, a cursor of SSCAN.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 most, 5 retention of queues that set none: age, count, age and count of failed ones; eight bytes each, -1 none.
-- Reply: {0 or 3, packed}: removed, expired, whether there is more, microseconds until the next schedule or -1.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local UNUSED_LIVES, ENDED_IS_KNOWN = 3600000000, 86400000000
local most = tonumber(ARGV[4])
local budget, cut = most, false
local retain, dropBatches

do -- what follows and is not named above is seen here only: a script has room for two hundred names

local WATCHED_IS_KEPT, MOST_WALKED = 60000000, 10000
local walked = 0

-- A custom id stays taken as long as the age says, though the count removes the record. A cancelled one is free already.
local function bury(queue, id, record, at, age)
  local state = byte(record)
  if not has(byte(record, 86), CUSTOM) or state == CANCELLED then return end
  local till = age >= 0 and at + age or NEVER
  call('HSET', queue.tombsKey, id, pack('>I8B', till, state) .. sub(record, 97, 104))
  if till < NEVER then call('ZADD', root .. 'tombs', till, queue.name .. '\0' .. id) end
end

-- The ended jobs of a queue in some states, oldest first, read some hundred at a time.
local CHUNK = 200
local function walkEnded(queue, states)
  local lists, ended = {}, 0
  for i, state in ipairs(states) do
    local key = endedKey(queue, state)
    lists[i] = {key = key, from = 0, at = 1, ids = {}, places = {}, records = {}, gone = {}}
    ended = ended + call('ZCARD', key)
  end

  local function read(list)
    local found = call('ZRANGE', list.key, list.from, list.from + CHUNK - 1, 'WITHSCORES')
    list.from, list.at, list.over = list.from + CHUNK, 1, #found == 0
    list.ids, list.places, list.records, list.batches = {}, {}, {}, {}
    for i = 1, #found / 2 do list.ids[i], list.places[i] = found[2 * i - 1], tonumber(found[2 * i]) end
    if #list.ids == 0 then return end
    list.records = call('HMGET', queue.jobsKey, unpack(list.ids))
    for i, record in ipairs(list.records) do
      if record and #record >= FIXED and byte(record) == WAITING then
        local told, _, batch = batches.look(queue.name, list.ids[i], record, list.places[i])
        list.records[i], list.batches[i] = told, batch
      end
    end
  end

  local function nextOne()
    local oldest
    for i = 1, #lists do
      local list = lists[i]
      if list.at > #list.ids and not list.over then read(list) end
      if list.ids[list.at] and (not oldest or list.places[list.at] < oldest.places[oldest.at]) then oldest = list end
    end
    if not oldest then return nil end
    oldest.at = oldest.at + 1
    return oldest, oldest.ids[oldest.at - 1], oldest.records[oldest.at - 1], oldest.batches[oldest.at - 1]
  end

  return lists, ended, nextOne
end

local function firstPlace(key)
  local first = call('ZRANGE', key, 0, 0, 'WITHSCORES')
  return first[2] and tonumber(first[2]) or NEVER
end

-- Removes the oldest completed jobs as long as nothing but their records has to go: whole batches, unread, unless they are so small that reading costs less.
-- Others of which retain counts have their turn first, when they ended before. The age and the count are as retain has them.
local FEW = 4
function dropBatches(queue, age, count)
  local completed, others = endedKey(queue, COMPLETED), {endedKey(queue, EXPIRED), endedKey(queue, CANCELLED)}
  local ended = call('ZCARD', completed) + call('ZCARD', others[1]) + call('ZCARD', others[2])
  local limit = math.min(firstPlace(others[1]), firstPlace(others[2]))
  while budget > 0 do
    local batch = batchAt(queue.name, firstPlace(completed))
    if not batch or not batch.isPlain or batch.last - batch.first < FEW or batch.last >= limit then return end
    local most = budget
    if age < 0 or now - unpackFields('>I8', batch.packed, 11) <= age then most = count < 0 and 0 or math.min(most, ended - count) end
    if most <= 0 then return end

    local gone = call('ZRANGE', completed, text(batch.first), '(' .. text(batch.last + 1), 'BYSCORE', 'LIMIT', 0, most)
    call('ZREMRANGEBYRANK', completed, 0, #gone - 1)
    bulk('HDEL', queue.jobsKey, gone)
    leaveBatch(queue, batch)
    budget, ended = budget - #gone, ended - #gone
  end
end

-- Removes the oldest of some final states while they are past the age, or more than the count have ended since. Those spared count like any other.
function retain(queue, states, age, count)
  local lists, ended, nextOne = walkEnded(queue, states)
  if ended == 0 then return end

  local plain, bodies, results = {}, {}, {}
  while budget > 0 do
    local list, id, record, batch = nextOne()
    if not list then break end
    if record and #record >= FIXED and byte(record) <= CANCELLED then
      local at, flags = unpackFields('>I8', record, 3), byte(record, 86)
      local isTooOld = age >= 0 and now - at > age
      if not isTooOld and (count < 0 or ended <= count) then break end
      walked = walked + 1
      if walked > MOST_WALKED then
        cut = true
        break
      end
      local isNeeded = has(flags, DEPENDENTS) and links.unendedOf(unpackFields('>I8', record, 45)) > 0
      if not isNeeded and (not has(flags, WATCHED + WANTED) or now - at >= WATCHED_IS_KEPT) then
        if flags > 0 and not isTooOld then bury(queue, id, record, at, age) end
        local bits = byte(record, 2)
        if bits < ERROR and bits % LARGE == 0 and not has(flags, MATTERS_AT_END) then
          -- Nothing is known of it but its record, its body and its result: many go at once.
          list.gone[#list.gone + 1] = id
          plain[#plain + 1] = id
          if has(bits, LARGE) then bodies[#bodies + 1] = id end
          if has(bits, RESULT) then results[#results + 1] = EXTRAS[RESULT] .. id end
          if batch then leaveBatch(queue, batch) end
          if queue.journal then queue.journal.tellRecord('Removed', queue, id, record, {state = byte(record)}) end
        else
          moves.finish(find(queue, id))
        end
        budget = budget - 1
      end
    end
    ended = ended - 1
  end

  for i = 1, #lists do bulk('ZREM', lists[i].key, lists[i].gone) end
  bulk('HDEL', queue.jobsKey, plain)
  bulk('HDEL', queue.bodyKey, bodies)
  bulk('HDEL', queue.extraKey, results)
end

end

-- Of most queues there is nothing to be done: one command tells.
local MOST_QUEUES = 100
local from = call('HGET', root, 'maintainFrom') or '0'
local scanned = call('SSCAN', root .. 'queues', from, 'COUNT', MOST_QUEUES)
local following, names = scanned[1], {}
for _, name in ipairs(scanned[2]) do
  if call('EXISTS', root .. 'ttl:' .. name, root .. 'ended4:' .. name, root .. 'ended5:' .. name, root .. 'ended6:' .. name, root .. 'ended7:' .. name,
    root .. 'figuresm:' .. name, root .. 'figuresh:' .. name) > 0 then names[#names + 1] = name end
end

for _, name in ipairs(names) do
  if budget == 0 then break end
  budget = budget - expire(queueOf(name), budget)
end
local expired = most - budget

local before = budget
for _, name in ipairs(names) do
  if budget == 0 or cut then break end
  local queue = queueOf(name)
  local age, count, failedAge, failedCount = unpackFields('>i8i8i8i8', call('HGET', queue.record, 'retention') or ARGV[5])
  local left = budget
  if not queue.journal then dropBatches(queue, age, count) end
  retain(queue, {COMPLETED, EXPIRED, CANCELLED}, age, count)
  retain(queue, {FAILED}, failedAge, failedCount)
  if budget < left then flush() end -- it goes through all queues of the step
end
local removed = before - budget

-- Tombstones whose time is over.
if budget > 0 then
  for _, ref in ipairs(call('ZRANGE', root .. 'tombs', '-inf', now, 'BYSCORE', 'LIMIT', 0, budget)) do
    local cut = string.find(ref, '\0', 1, true)
    local key, id = root .. 'tombs:' .. sub(ref, 1, cut - 1), sub(ref, cut + 1)
    local tomb = call('HGET', key, id)
    if tomb and unpackFields('>I8', tomb) <= now then call('HDEL', key, id) end
    call('ZREM', root .. 'tombs', ref)
    budget = budget - 1
  end
end

-- Windows of deduplication that are over.
if budget > 0 then
  for _, ref in ipairs(call('ZRANGE', root .. 'windows', '-inf', now, 'BYSCORE', 'LIMIT', 0, budget)) do
    local cut = string.find(ref, '\0', 1, true)
    local queue, id = queueOf(sub(ref, 1, cut - 1)), sub(ref, cut + 1)
    local hold = deduplication.holdOf(queue, id)
    if hold and hold.window <= now and not deduplication.hasLiveOwner(queue, hold) then
      deduplication.change(queue, id, false)
    else
      call('ZREM', root .. 'windows', ref)
      if hold and hold.window > now then call('ZADD', root .. 'windows', hold.window, ref) end
    end
    budget = budget - 1
  end
end

-- Keys of which there is nothing to remember any more.
if budget > 0 then
  budget = budget - keys.forgetDue(budget)
  flush()
end

-- Sessions without lease that nobody has used for an hour. The index knows when they were last looked at here, the session when it was last used.
if budget > 0 then
  for _, id in ipairs(call('ZRANGE', root .. 'producers', '-inf', now - UNUSED_LIVES, 'BYSCORE', 'LIMIT', 0, budget)) do
    local kept = call('HMGET', root .. 'session:' .. id, 'seen', 'number')
    if kept[1] and id ~= session.id and now - kept[1] <= UNUSED_LIVES then
      call('ZADD', root .. 'producers', kept[1], id)
    elseif id ~= session.id then
      if kept[2] then rarely.endSession(id, tonumber(kept[2]), false) else call('ZREM', root .. 'producers', id) end
    end
    budget = budget - 1
  end
end
if budget > 0 then
  budget = budget - call('ZREMRANGEBYSCORE', root .. 'ended', '-inf', now - ENDED_IS_KNOWN)
end

tidyEvents()

-- Figures that are kept no more.
for _, name in ipairs(names) do
  if budget > 0 then budget = budget - dropFigures(queueOf(name), budget) end
end

-- With something left, the same queues come again.
if budget <= 0 or cut then following = from end
if following ~= from then call('HSET', root, 'maintainFrom', following) end

if hasEffects then links.spread() end
local hasMore = budget <= 0 or cut or hasEffects or following ~= '0'
local reply = keep(pack('>I4I4Bi8', removed, expired, hasMore and 1 or 0, untilSchedule(0)))
finishStep()
return {0, reply}
