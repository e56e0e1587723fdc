-- Needs: 01-step, 02-records, 03-queues, 04-windows, 05-key-lanes
-- How keys are kept: their records, read and taken apart where that is needed, and written by the next flush.
-- A record: waiting, active, held until, look at (0: not by itself), bits (1 to open, else to forget; 2 own limits; 4 head; 8 told that its limits hold it
-- back), lengths of the permits spent and of the head, number of lanes; own limits, permits, head (handle, whether it waits, priority, length of bench,
-- bench, id), lanes.

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
function keys.touch(queue, key)
  if not queue.dirtyKeys then queue.dirtyKeys = {} end
  queue.dirtyKeys[key.name] = key
  queue.touched = true
end

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

end)
