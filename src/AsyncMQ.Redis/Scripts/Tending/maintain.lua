-- Housekeeping, so many records at most: time-to-live, retention, tombstones, unused sessions.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 most, 5 retention of queues that set none: age, count, age and count of failed ones; eight bytes each, -1 none.
-- Reply: {0 or 3, packed}: removed, expired, whether there is more.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local WATCHED_IS_KEPT, UNUSED_LIVES, ENDED_IS_KNOWN = 60000000, 3600000000, 86400000000
local MOST_WALKED = 10000
local most = tonumber(ARGV[4])
local budget, walked, cut = most, 0, false

local function isSpared(job)
  return has(job.flags, WATCHED + WANTED) and now - job.at < WATCHED_IS_KEPT
end

-- A custom id stays taken as long as the age says, though the count removes the record. A cancelled one is free already.
local function bury(job, age)
  if not has(job.flags, CUSTOM) or job.state == CANCELLED then return end
  local till = age >= 0 and job.at + age or NEVER
  call('HSET', job.queue.tombsKey, job.id, pack('>I8B', till, job.state) .. job.stamp)
  if till < NEVER then call('ZADD', root .. 'tombs', till, refOf(job)) end
end

-- Removes the oldest of some final states while they are past the age, or more than the count have ended since. Those spared count like any other.
local CHUNK = 200
local function retain(queue, states, age, count)
  local lists, ended = {}, 0
  for i, state in ipairs(states) do
    local key = endedKey(queue, state)
    lists[i] = {key = key, from = 0, at = 1, members = {}}
    ended = ended + call('ZCARD', key)
  end

  local function head(list)
    if list.at > #list.members and not list.over then
      list.members = call('ZRANGE', list.key, list.from, list.from + CHUNK - 1, 'WITHSCORES')
      list.from, list.at, list.over = list.from + CHUNK, 1, #list.members == 0
      local ids = {}
      for i = 1, #list.members, 2 do ids[#ids + 1] = list.members[i] end
      load(queue, ids)
    end
    return list.members[list.at], tonumber(list.members[list.at + 1])
  end

  while budget > 0 do
    local oldest, first
    for _, list in ipairs(lists) do
      local id, place = head(list)
      if id and (not first or place < first) then oldest, first = list, place end
    end
    if not oldest then return end
    local job = find(queue, oldest.members[oldest.at])
    oldest.at = oldest.at + 2
    if job then
      local isTooOld = age >= 0 and now - job.at > age
      if not isTooOld and (count < 0 or ended <= count) then return end
      walked = walked + 1
      if walked > MOST_WALKED then
        cut = true
        return
      end
      if not isSpared(job) then
        if not isTooOld then bury(job, age) end
        finish(job)
        budget = budget - 1
      end
    end
    ended = ended - 1
  end
end

local names = call('SMEMBERS', root .. 'queues')
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
  retain(queue, {COMPLETED, EXPIRED, CANCELLED}, age, count)
  retain(queue, {FAILED}, failedAge, failedCount)
  flush()
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
    local hold = holdOf(queue, id)
    if hold and hold.window <= now and not hasLiveOwner(queue, hold) then
      changeHold(queue, id, false)
    else
      call('ZREM', root .. 'windows', ref)
      if hold and hold.window > now then call('ZADD', root .. 'windows', hold.window, ref) end
    end
    budget = budget - 1
  end
end

-- Sessions without lease that nobody has used for an hour. The index knows when they were last looked at here, the session when it was last used.
if budget > 0 then
  for _, id in ipairs(call('ZRANGE', root .. 'producers', '-inf', now - UNUSED_LIVES, 'BYSCORE', 'LIMIT', 0, budget)) do
    local kept = call('HMGET', root .. 'session:' .. id, 'seen', 'number')
    if kept[1] and id ~= session.id and now - kept[1] <= UNUSED_LIVES then
      call('ZADD', root .. 'producers', kept[1], id)
    elseif id ~= session.id then
      if kept[2] then endSession(id, tonumber(kept[2]), false) else call('ZREM', root .. 'producers', id) end
    end
    budget = budget - 1
  end
end
if budget > 0 then
  budget = budget - call('ZREMRANGEBYSCORE', root .. 'ended', '-inf', now - ENDED_IS_KNOWN)
end

local reply = keep(pack('>I4I4B', removed, expired, (budget <= 0 or cut) and 1 or 0))
finishStep()
return {0, reply}
