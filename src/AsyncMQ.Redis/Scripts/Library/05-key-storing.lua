-- Needs: 01-step, 02-records, 03-queues, 04-windows, 05-key-lanes
-- How keys are kept: their records, read and taken apart where that is needed, and written by the next flush.
-- A record: waiting, active, held until, look at (0: not by itself), bits (1 to open, else to forget; 2 own limits; 4 head; 8 told that its limits hold it
-- back), lengths of the permits spent and of the head, number of lanes; own limits, permits, head (handle, whether it waits, priority, length of bench,
-- bench, id), lanes.
-- Most have a short one: one lane at most, not parked, and nothing else. It is active, waiting, and of the lane priority, turn, how many are here, last, and
-- behind how many bytes they begin: those before were claimed since they were written.
-- The first jobs of the lanes, one lane after the other, are apart, for most changes are of numbers alone.

lazily(keys, function()

local SHORT, SHORT_SIZE = '>I4I4i4I8BI8I2', 31
local KEY, KEY_SIZE = '>I4I4I8I8I2I2I2I2', 32
local LIMITS_SIZE = 17
local HEAD, HEAD_SIZE = '>I8Bi4I2', 15
local TO_OPEN, OWN, LED, TOLD = 1, 2, 4, 8

keys.SHORT, keys.SHORT_SIZE = SHORT, SHORT_SIZE

function keys.namesKey(queue) return root .. 'keyNames:' .. queue.name end

function keys.recordsKey(queue) return root .. 'keys:' .. queue.name end

function keys.jobsKey(queue) return root .. 'keyJobs:' .. queue.name end

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
  local high, low = byte(record, 95, 96)
  return textBehind(record, 105 + high * 256 + low)
end

function keys.inBlob(blob)
  local high, low = byte(blob, 15, 16)
  return textBehind(blob, 25 + high * 256 + low)
end

local function unpackHead(packed)
  local handle, waits, priority, length = unpackFields(HEAD, packed)
  return {handle = handle, waits = waits == 1, priority = priority, bench = sub(packed, HEAD_SIZE + 1, HEAD_SIZE + length), id = sub(packed, HEAD_SIZE + 1 + length)}
end

local function packHead(head)
  return pack(HEAD, head.handle, head.waits and 1 or 0, head.priority, #head.bench) .. head.bench .. head.id
end

-- The first waiting jobs of its lanes.
function keys.jobsOf(queue, name)
  local jobs = queue.keysJobs[name]
  if not jobs then
    jobs = call('HGET', keys.jobsKey(queue), name) or ''
    queue.keysJobs[name] = jobs
  end
  return jobs
end

local function readShort(queue, key, kept)
  local lane, from = {bench = ''}, 0
  key.active, key.waiting, lane.priority, lane.turn, lane.here, lane.last, from = unpackFields(SHORT, kept)
  key.exists, key.stored, key.toOpen = true, true, key.waiting > 0
  if key.waiting == 0 then return end
  lane.count, lane.jobs = key.waiting, lane.here > 0 and sub(keys.jobsOf(queue, key.name), from + 1) or ''
  key.lanes[1] = lane
end

local function readLong(queue, key, kept)
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
  if lanes == 0 then return end
  local jobs, place = keys.jobsOf(queue, key.name), 1
  for i = 1, lanes do
    local lane, length
    lane, length, at = keyLanes.unpack(kept, at)
    lane.jobs, place = sub(jobs, place, place + length - 1), place + length
    key.lanes[i] = lane
  end
end

local function read(queue, name, kept)
  local key = {name = name, waiting = 0, active = 0, heldUntil = 0, lookAt = 0, toOpen = false, lanes = {}, exists = false, stored = false}
  if kept and #kept == SHORT_SIZE then
    readShort(queue, key, kept)
  elseif kept and #kept >= KEY_SIZE then
    readLong(queue, key, kept)
  end
  queue.keys[name] = key
  return key
end

-- The record of a key, and its first jobs.
local function packKey(key)
  local spent, head, lanes = key.window and windows.pack(key.window) or '', key.head and packHead(key.head) or '', key.lanes
  local first = lanes[1]
  if #lanes < 2 and not key.own and spent == '' and head == '' and not key.told and key.lookAt == 0 and key.heldUntil == 0 and (not first or first.bench == '') then
    if not first then return pack(SHORT, key.active, 0, 0, 0, 0, 0, 0), '' end
    return pack(SHORT, key.active, first.count, first.priority, first.turn, first.here, first.last, 0), first.jobs
  end

  local bits = (key.toOpen and TO_OPEN or 0) + (key.own and OWN or 0) + (key.head and LED or 0) + (key.told and TOLD or 0)
  local parts = {pack(KEY, key.waiting, key.active, key.heldUntil, key.lookAt, bits, #spent, #head, #lanes), key.ownKept or '', spent, head}
  local jobs = {}
  for i = 1, #lanes do parts[4 + i], jobs[i] = keyLanes.pack(lanes[i]), lanes[i].jobs end
  return concat(parts), concat(jobs)
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

local function loadFields(from, names, into, missing)
  local wanted = {}
  for i = 1, #names do
    local name = names[i]
    if into[name] == nil then
      into[name] = missing
      wanted[#wanted + 1] = name
    end
  end
  for start = 1, #wanted, MOST do
    local last = math.min(start + MOST - 1, #wanted)
    local fields = call('HMGET', from, unpack(wanted, start, last))
    for i = start, last do into[wanted[i]] = fields[i - start + 1] or missing end
  end
end

-- Reads the records of keys that will be asked for.
function keys.load(queue, names) loadFields(keys.recordsKey(queue), names, queue.keysKept, false) end

-- Reads them, and their first jobs.
function keys.loadWithJobs(queue, names)
  keys.load(queue, names)
  loadFields(keys.jobsKey(queue), names, queue.keysJobs, '')
end

-- Reads the keys of jobs that are known to the step.
function keys.loadOfJobs(queue, ids)
  local names = {}
  for i = 1, #ids do
    local job = queue.jobs[ids[i]]
    if job and has(job.flags, KEYED) then names[#names + 1] = textBehind(job.rest, job.nameLength + 1) end
  end
  if #names > 0 then keys.loadWithJobs(queue, names) end
end

-- The key of a job that has one.
function keys.ofJob(job)
  if not job.key then job.key = textBehind(job.rest, job.nameLength + 1) end
  return keys.of(job.queue, job.key)
end

-- Its record is written by the next flush.
function keys.touch(queue, key)
  if not queue.dirtyKeys then queue.dirtyKeys = {} end
  queue.dirtyKeys[key.name] = key
  queue.touched = true
end

-- Writes what changed; part of flush.
function keys.flush(queue)
  local set, gone, jobs, empty = {}, keysOf(queue.keysGone), {}, {}
  local function write(name, record, first, moved)
    set[#set + 1] = name
    set[#set + 1] = record
    if not moved then return end
    if first == '' then
      empty[#empty + 1] = name
    else
      jobs[#jobs + 1] = name
      jobs[#jobs + 1] = first
    end
  end

  for name, key in pairs(queue.dirtyKeys) do
    if key.exists then
      local record, first = packKey(key)
      write(name, record, first, queue.keysMoved[name] or first ~= (queue.keysJobs[name] or ''))
      queue.keysJobs[name] = first
      if not key.stored then zadd(keys.namesKey(queue), 0, sortable(name)) end
    elseif key.stored then
      gone[#gone + 1] = name
      empty[#empty + 1] = name
      queue.keysJobs[name] = ''
      zrem(keys.namesKey(queue), sortable(name))
    end
    key.stored = key.exists
  end
  for name in pairs(queue.keysCounted or {}) do
    if not queue.keys[name] then write(name, queue.keysKept[name], queue.keysJobs[name], queue.keysMoved[name]) end
  end
  bulk('HDEL', keys.recordsKey(queue), gone)
  bulk('HDEL', keys.jobsKey(queue), empty)
  bulk('HSET', keys.recordsKey(queue), set)
  bulk('HSET', keys.jobsKey(queue), jobs)
  if queue.keyedChanged then call('HSET', queue.record, 'keyed', queue.keyed) end
  for priority in pairs(queue.newPlainTurns or {}) do call('HSET', root .. 'plainTurns:' .. queue.name, priority, queue.plainTurns[priority]) end
  queue.dirtyKeys, queue.keysCounted, queue.keysMoved, queue.keysGone, queue.keyedChanged, queue.newPlainTurns = nil, nil, {}, {}, false, nil
end

end)
