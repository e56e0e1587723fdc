-- Needs: 01-step, 02-records, 03-queues, 05-key-lanes, 05-keys
-- Checks keys of a queue against the invariants, a stretch at a time. Read-only; the caller walks, and counts.
-- ARGV: 1 queue, 2 what: 'jobs', 'behind', 'here' or 'keys', 3 cursor.
-- Reply: {next cursor, how many entries, entries ..., faults ...}. Entries: of jobs the key of each that waits or runs, behind W or A; of keys each key, how many
--   of its jobs wait and run; of the others none.

begin()
local CHUNK = 1000
local queue = queueOf(ARGV[1])
local entries, faults = {}, {}

local function fault(key, what) faults[#faults + 1] = 'Key ' .. key.name .. ' of queue ' .. queue.name .. ' ' .. what end

local function answer(cursor)
  local reply = {tonumber(cursor), #entries}
  for _, list in ipairs({entries, faults}) do
    for i = 1, #list do reply[#reply + 1] = list[i] end
  end
  return reply
end

local function benchOf(job) return has(job.bits, PARKED) and nameOf(job) or '' end

local function isIn(lane, job)
  if not lane then return false end
  if lane.here == 0 or job.sequence > lane.last then
    return call('ZSCORE', keyLanes.behindKey(queue), keyLanes.prefixOf(keys.ofJob(job), lane) .. member(job.sequence, job.id)) ~= false
  end
  for _, other in ipairs(keyLanes.list(lane)) do
    if other.id == job.id and other.sequence == job.sequence then return true end
  end
  return false
end

if ARGV[2] == 'jobs' then
  local found = call('HSCAN', queue.jobsKey, ARGV[3], 'COUNT', CHUNK)
  for i = 1, #found[2], 2 do
    local job = jobOf(queue, found[2][i], found[2][i + 1])
    if job and job.state <= ACTIVE and has(job.flags, KEYED) then
      local key = keys.ofJob(job)
      entries[#entries + 1] = (job.state == WAITING and 'W' or 'A') .. key.name
      if job.state == WAITING and not isIn(keyLanes.find(key, benchOf(job), job.priority), job) then fault(key, 'does not have ' .. job.id .. ' in its lane.') end
    end
  end
  return answer(found[1])
end

-- A job that stands in a lane waits there.
local function checkJob(key, bench, priority, sequence, id)
  local job = find(queue, id)
  if not job or job.state ~= WAITING or job.sequence ~= sequence or job.priority ~= priority or keys.ofJob(job) ~= key or benchOf(job) ~= bench then
    fault(key, 'has ' .. id .. ' in a lane where it does not wait.')
  end
end

if ARGV[2] == 'behind' then
  local from = tonumber(ARGV[3])
  local found = call('ZRANGE', keyLanes.behindKey(queue), from, from + CHUNK - 1)
  for i = 1, #found do
    local cut = string.find(found[i], '\0', 1, true)
    local key, last = keys.of(queue, sub(found[i], 1, cut - 1)), string.find(found[i], '\0', cut + 1, true)
    local bench, priority, sequence = sub(found[i], cut + 1, last - 1), unpackFields('>I4I8', found[i], last + 1)
    checkJob(key, bench, priority - 2147483648, sequence, sub(found[i], last + 13))
  end
  return answer(#found == CHUNK and from + CHUNK or 0)
end

-- Jobs are kept only for keys that have them here.
if ARGV[2] == 'here' then
  local found = call('HSCAN', keys.jobsKey(queue), ARGV[3], 'COUNT', CHUNK)
  for i = 1, #found[2], 2 do
    local key, here = keys.of(queue, found[2][i]), 0
    for _, lane in ipairs(key.lanes) do here = here + lane.here end
    if here == 0 then fault(key, 'keeps waiting jobs that none of its lanes has.') end
  end
  return answer(found[1])
end

-- A lane has as many jobs as it says, the first of them here, in order.
local function checkLane(key, lane)
  local jobs, last = keyLanes.list(lane), 0
  local prefix, place = keyLanes.prefixOf(key, lane), keyLanes.behindKey(queue)
  if #jobs ~= lane.here or #jobs + call('ZLEXCOUNT', place, '[' .. prefix, '(' .. prefix .. '\255') ~= lane.count or lane.count == 0 then
    fault(key, 'counts other jobs in a lane than it has.')
  end
  for i = 1, #jobs do
    checkJob(key, lane.bench, lane.priority, jobs[i].sequence, jobs[i].id)
    if jobs[i].sequence <= last then fault(key, 'has ' .. jobs[i].id .. ' out of order.') end
    last = jobs[i].sequence
  end
  local behind = call('ZRANGE', place, '[' .. prefix, '(' .. prefix .. '\255', 'BYLEX', 'LIMIT', 0, 1)[1]
  if behind and (lane.last < last or (lane.here > 0 and unpackFields('>I8', behind, #prefix + 1) <= lane.last)) then fault(key, 'has a lane whose parts are not in order.') end
end

-- It stands exactly where the rules let it.
local function checkPlaces(key, opensAt)
  for _, lane in ipairs(key.lanes) do
    -- One whose time has come takes its place when its queue is next asked for.
    local isLate = opensAt <= now and key.lookAt > 0 and key.lookAt <= now
    local mayStand = opensAt <= now and keys.letsStand(key, lane)
    if (lane.turn > 0) ~= mayStand and not isLate and not queue.reviewFrom then
      fault(key, (mayStand and 'is open but does not stand' or 'stands but is not open') .. ' in priority ' .. lane.priority .. '.')
    end
    local score = lane.turn > 0 and call('ZSCORE', keys.turnsKey(queue, lane.bench), pack('>I8', lane.turn) .. key.name)
    if lane.turn > 0 and tonumber(score or NEVER) ~= lane.priority then fault(key, 'does not stand where it says.') end
  end
  if opensAt > now and opensAt < NEVER and key.waiting > 0 and not queue.reviewFrom and (key.lookAt ~= opensAt or not key.toOpen) then
    fault(key, 'opens at ' .. text(opensAt) .. ', but is looked at ' .. text(key.lookAt) .. '.')
  end
  local score = call('ZSCORE', key.toOpen and root .. 'opening:' .. queue.name or root .. 'forgetting',
    key.toOpen and sortable(key.name) or queue.name .. '\0' .. key.name)
  if tonumber(score or 0) ~= key.lookAt then fault(key, 'is looked at another time than its index says.') end
end

local found = call('HSCAN', root .. 'keys:' .. queue.name, ARGV[3], 'COUNT', CHUNK)
for i = 1, #found[2], 2 do
  local key = keys.of(queue, found[2][i])
  entries[#entries + 1], entries[#entries + 2], entries[#entries + 3] = key.name, key.waiting, key.active
  local waiting = 0
  for _, lane in ipairs(key.lanes) do
    waiting = waiting + lane.count
    checkLane(key, lane)
  end
  if waiting ~= key.waiting then fault(key, 'does not have its waiting jobs in its lanes.') end
  local head = key.head and find(queue, key.head.id)
  if key.head and not (head and head.handle == key.head.handle and head.state < COMPLETED) then fault(key, 'waits for the end of a job that has ended.') end
  if key.head and head and (head.state == WAITING) ~= key.head.waits then fault(key, 'does not know where its head is.') end
  checkPlaces(key, keys.opensAt(key, keys.limitsOf(queue, key)))
  if not call('ZSCORE', root .. 'keyNames:' .. queue.name, sortable(key.name)) then fault(key, 'is not among the names of keys.') end
end
return answer(found[1])
