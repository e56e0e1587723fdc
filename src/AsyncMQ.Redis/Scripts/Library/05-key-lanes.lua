-- Needs: 01-step, 02-records, 03-queues
-- The waiting jobs of one key by bench and priority, in order of sequence. The first of them stand in keyJobs:<queue>, a hash by key, so that a claim need not
-- look for them; the others in behind:<queue>, a sorted set in which all have the score 0 and stand by key NUL bench NUL priority sequence id.
-- A lane in the record of its key: priority, turn (0: it does not stand), how many jobs, how many of them here, the sequence up to which they are here, lengths
-- of bench and of the jobs here; bench. A job: length of the id, sequence, id.

local keyLanes = {}
local MOST_HERE = 16

lazily(keyLanes, function()

local LANE, LANE_SIZE = '>i4I8I4BI8I2I2', 29
local ENTRY, ENTRY_SIZE = '>I2I8', 10

-- A lane but for its jobs, how long those are, and where the next one is.
function keyLanes.unpack(packed, at)
  local lane = {}
  local benchLength, jobsLength
  lane.priority, lane.turn, lane.count, lane.here, lane.last, benchLength, jobsLength = unpackFields(LANE, packed, at)
  at = at + LANE_SIZE
  lane.bench = sub(packed, at, at + benchLength - 1)
  return lane, jobsLength, at + benchLength
end

function keyLanes.pack(lane)
  return pack(LANE, lane.priority, lane.turn, lane.count, lane.here, lane.last, #lane.bench, #lane.jobs) .. lane.bench
end

-- The lane of a bench and priority; nothing: there is none.
function keyLanes.find(key, bench, priority)
  for i = 1, #key.lanes do
    local lane = key.lanes[i]
    if lane.priority == priority and lane.bench == bench then return lane end
  end
  return nil
end

-- The same, made when there is none.
function keyLanes.of(key, bench, priority)
  local lane = keyLanes.find(key, bench, priority)
  if not lane then
    lane = {priority = priority, turn = 0, count = 0, here = 0, last = 0, bench = bench, jobs = ''}
    key.lanes[#key.lanes + 1] = lane
  end
  return lane
end

function keyLanes.drop(key, lane)
  for i = 1, #key.lanes do
    if key.lanes[i] == lane then
      table.remove(key.lanes, i)
      return
    end
  end
end

function keyLanes.behindKey(queue) return root .. 'behind:' .. queue.name end

function keyLanes.prefix(name, bench, priority) return name .. '\0' .. bench .. '\0' .. pack('>I4', priority + 2147483648) end

local function prefixOf(key, lane) return keyLanes.prefix(key.name, lane.bench, lane.priority) end
keyLanes.prefixOf = prefixOf

-- A job as it stands here: the length of its id, then sequence and id.
local function entryOf(job) return pack('>I2c0', #job - 8, job) end
keyLanes.entryOf = entryOf

-- The jobs that are here: each its sequence, its id.
function keyLanes.list(lane)
  local list, at = {}, 1
  while at <= #lane.jobs do
    local length, sequence = unpackFields(ENTRY, lane.jobs, at)
    list[#list + 1] = {sequence = sequence, id = sub(lane.jobs, at + ENTRY_SIZE, at + ENTRY_SIZE - 1 + length)}
    at = at + ENTRY_SIZE + length
  end
  return list
end

local function setList(lane, list)
  local entries = {}
  for i, job in ipairs(list) do entries[i] = entryOf(member(job.sequence, job.id)) end
  lane.jobs, lane.here = concat(entries), #list
end

local function putBehind(queue, key, lane, sequence, id)
  zadd(keyLanes.behindKey(queue), 0, prefixOf(key, lane) .. member(sequence, id))
end

local function insertHere(queue, key, lane, sequence, id)
  local list = keyLanes.list(lane)
  local place = #list + 1
  while place > 1 and list[place - 1].sequence > sequence do place = place - 1 end
  table.insert(list, place, {sequence = sequence, id = id})
  if #list > MOST_HERE then
    local last = table.remove(list)
    putBehind(queue, key, lane, last.sequence, last.id)
    lane.last = list[#list].sequence
  end
  setList(lane, list)
end

function keyLanes.insert(queue, key, lane, sequence, id)
  local here, behind = lane.here, lane.count - lane.here
  lane.count = lane.count + 1
  if (here > 0 or behind == 0) and sequence < lane.last then
    insertHere(queue, key, lane, sequence, id)
  elseif behind == 0 and here < MOST_HERE then
    lane.jobs, lane.here, lane.last = lane.jobs .. entryOf(member(sequence, id)), here + 1, sequence
  else
    putBehind(queue, key, lane, sequence, id)
  end
end

-- Brings jobs here of which none was; what waits to be written must have been. Gives them, packed, how many they are, and the sequence of the last.
function keyLanes.fetch(queue, prefix)
  local place = keyLanes.behindKey(queue)
  local found = call('ZRANGE', place, '[' .. prefix, '(' .. prefix .. '\255', 'BYLEX', 'LIMIT', 0, MOST_HERE)
  local count, at, entries = #found, #prefix + 1, {}
  if count == 0 then return '', 0, 0 end
  bulk('ZREM', place, found)
  for i = 1, count do entries[i] = entryOf(sub(found[i], at)) end
  return concat(entries), count, (unpackFields('>I8', found[count], at))
end

-- The first job: its sequence and id.
function keyLanes.first(queue, key, lane)
  if lane.here == 0 then
    if lane.count == 0 then return nil end
    lane.jobs, lane.here, lane.last = keyLanes.fetch(queue, prefixOf(key, lane))
    if lane.here == 0 then return nil end
    keys.touch(queue, key)
  end
  local length, sequence = unpackFields(ENTRY, lane.jobs)
  return sequence, sub(lane.jobs, ENTRY_SIZE + 1, ENTRY_SIZE + length)
end

-- Appends the ids of the first jobs, so many of those that are here at most.
function keyLanes.firstIds(queue, key, lane, most, ids)
  local _, id = keyLanes.first(queue, key, lane)
  if most == 1 or lane.here == 1 then
    ids[#ids + 1] = id
    return
  end
  local list = keyLanes.list(lane)
  for i = 1, math.min(most, #list) do ids[#ids + 1] = list[i].id end
end

function keyLanes.remove(queue, key, lane, sequence, id)
  lane.count = lane.count - 1
  if lane.here == 0 or sequence > lane.last then
    zrem(keyLanes.behindKey(queue), prefixOf(key, lane) .. member(sequence, id))
    return
  end

  local entry = entryOf(member(sequence, id))
  if sub(lane.jobs, 1, #entry) == entry then
    lane.jobs, lane.here = sub(lane.jobs, #entry + 1), lane.here - 1
    return
  end
  local list = keyLanes.list(lane)
  for i = 1, #list do
    if list[i].id == id then
      table.remove(list, i)
      break
    end
  end
  setList(lane, list)
end

end)
