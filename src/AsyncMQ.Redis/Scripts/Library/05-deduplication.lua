-- Needs: 01-step, 02-records, 03-queues, 04-storing
-- Deduplication ids: who holds them, and what follows when they come free, as in DeduplicationRules. The hash dedup:<queue> has for each id: the owner's
-- handle (zero: its record is gone), the end of the window (zero: none), the owner's id behind its length, and the add that is kept, if one is. The sorted
-- set windows has those whose window will end.

local deduplication = {}

lazily(deduplication, function()

function deduplication.key(queue) return root .. 'dedup:' .. queue.name end

function deduplication.holdOf(queue, id)
  local hold = queue.holds[id]
  if hold == nil then
    local kept = call('HGET', deduplication.key(queue), id)
    hold = false
    if kept then
      local owner, window, length = unpackFields('>I8I8I2', kept)
      hold = {owner = owner, window = window, ownerId = sub(kept, 19, 18 + length), kept = sub(kept, 19 + length)}
    end
    queue.holds[id] = hold
  end
  return hold or nil
end

function deduplication.change(queue, id, hold)
  queue.holds[id] = hold
  if hold then
    call('HSET', deduplication.key(queue), id, pack('>I8I8I2', hold.owner, hold.window, #hold.ownerId) .. hold.ownerId .. hold.kept)
    if hold.window > 0 then call('ZADD', root .. 'windows', hold.window, queue.name .. '\0' .. id) end
  else
    call('HDEL', deduplication.key(queue), id)
    call('ZREM', root .. 'windows', queue.name .. '\0' .. id)
  end
end

-- The state of the owner's very record; nothing when that is gone.
function deduplication.ownerState(queue, hold)
  local owner = hold.owner > 0 and find(queue, hold.ownerId)
  if owner and owner.handle == hold.owner then return owner.state end
  return nil
end

function deduplication.hasLiveOwner(queue, hold)
  local state = deduplication.ownerState(queue, hold)
  return state ~= nil and state < COMPLETED
end

-- Taken at this time, for whoever asks.
function deduplication.isTaken(queue, hold)
  if hold.window > 0 then return hold.window > now end
  return deduplication.hasLiveOwner(queue, hold)
end

-- Held against some add or other: by its window, or by an owner that has not ended.
function deduplication.isHeld(queue, hold) return deduplication.hasLiveOwner(queue, hold) or deduplication.isTaken(queue, hold) end

-- What an add asks for: bits (1 extend, 2 replace, 4 keep the last if active), window, id.
function deduplication.askedBy(packed)
  local bits, ttl = unpackFields('>BI8', packed)
  return {extend = has(bits, 1), replace = has(bits, 2), keep = has(bits, 4), ttl = ttl, id = sub(packed, 10)}
end

-- Makes a stored job the owner of its deduplication id. A kept add stays with the record.
function deduplication.own(queue, id, handle, jobId, window)
  local hold = deduplication.holdOf(queue, id) or {kept = ''}
  hold.owner, hold.ownerId, hold.window = handle, jobId, window
  deduplication.change(queue, id, hold)
end

-- An add as it is kept: its parts, each behind its length.
function deduplication.packAdd(add)
  local parts = {}
  for _, part in ipairs({add.id, add.blob, add.due or '', add.body or '', add.deduplication}) do parts[#parts + 1] = pack('>I4', #part) .. part end
  return concat(parts)
end

local function unpackAdd(packed)
  local parts, position = {}, 1
  while position <= #packed do
    local length = unpackFields('>I4', packed, position)
    parts[#parts + 1] = sub(packed, position + 4, position + 3 + length)
    position = position + 4 + length
  end
  return {id = parts[1], blob = parts[2], due = parts[3], body = parts[4], deduplication = parts[5]}
end

-- The kept add, if it can be added: its id is free, and the queue takes adds.
function deduplication.takeKept(queue, hold)
  if hold.kept == '' then return nil end
  local add = unpackAdd(hold.kept)
  hold.kept = ''
  if queue.closed then return nil end
  local stamp, cancelled = stampOf(queue, add.id)
  if stamp and (not cancelled or stamp == stampIn(add.blob)) then return nil end
  return add
end

-- What a job was added with: the window's length, and the id.
function deduplication.of(job)
  if not has(job.flags, DEDUPLICATION) then return nil end
  local kept = job.queue.extras['d' .. job.id] or call('HGET', job.queue.extraKey, 'd' .. job.id)
  if not kept then return nil end
  return {ttl = unpackFields('>I8', kept), id = sub(kept, 9)}
end

-- The end of a job: if it owns its deduplication id, the kept add follows, else the id comes free, or stays held until its window ends.
function deduplication.free(job, asked, isRemoved)
  local queue = job.queue
  local hold = deduplication.holdOf(queue, asked.id)
  if not hold or hold.owner ~= job.handle then return end
  if isRemoved then hold.owner = 0 end
  local add = deduplication.takeKept(queue, hold)
  if add then
    local handle = store(queue, add.id, add.blob, add)
    local ttl = deduplication.askedBy(add.deduplication).ttl
    deduplication.own(queue, asked.id, handle, add.id, ttl > 0 and now + ttl or 0)
  elseif hold.window == 0 or hold.window <= now then
    deduplication.change(queue, asked.id, false)
  else
    deduplication.change(queue, asked.id, hold)
  end
end

-- Before a manual retry: the job owns its deduplication id again, unless another does.
function deduplication.ownAgain(job)
  local asked = deduplication.of(job)
  if not asked then return true end
  local hold = deduplication.holdOf(job.queue, asked.id)
  if hold and hold.owner == job.handle then return true end
  if hold and deduplication.isHeld(job.queue, hold) then return false end
  -- The window counts from the add, so it is not opened anew; while the job runs, the record still serves KeepLastIfActive.
  deduplication.own(job.queue, asked.id, job.handle, job.id, asked.ttl > 0 and job.added + asked.ttl or 0)
  return true
end

end)
