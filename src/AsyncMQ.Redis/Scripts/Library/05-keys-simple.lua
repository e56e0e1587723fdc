-- Needs: 01-step, 02-records, 03-queues, 04-windows, 05-key-lanes, 05-key-records, 05-key-storing, 05-keys
-- What most keys need: their records are changed without being taken apart, as 05-key-records can, or else the long way is taken.

lazily(keys, function()

-- The record of a key, where it is simple and was not taken apart.
function keys.simple(queue, name)
  local kept = queue.keysKept[name]
  if kept and not queue.keys[name] and not queue.reviewFrom and keyRecords.isSimple(kept) and not keys.tellsLimits(queue) then return kept end
  return nil
end

function keys.keepSimple(queue, name, kept)
  queue.keysKept[name] = kept
  queue.keysCounted, queue.dirtyKeys, queue.touched = queue.keysCounted or {}, queue.dirtyKeys or {}, true
  queue.keysCounted[name] = true
end

-- How many jobs of a key without limits of its own may run at once, 0 for any number; nothing, when a rate or an order is kept.
function keys.mostOfEach(queue)
  local limits = limitsOf(queue)
  local each = limits and limits.perKey
  if not each then return 0 end
  if each.permits > 0 or each.strict then return nil end
  return each.most
end

-- The end of a job of a simple key: one number of its record changes, and it may stand again.
local function freeSimple(queue, name)
  local kept, most = keys.simple(queue, name), keys.mostOfEach(queue)
  if not kept or not most then return false end
  if keyRecords.stands(kept) then
    keys.keepSimple(queue, name, keyRecords.free(kept))
    return true
  end
  if most == 0 or keyRecords.active(kept) > most or keyRecords.isTimed(kept) then return false end
  local turn = nextNumber()
  keys.keepSimple(queue, name, keyRecords.stand(keyRecords.free(kept), turn))
  zadd(keys.turnsKey(queue, ''), (unpackFields('>i4', kept, 32)), pack('>I8', turn) .. name)
  return true
end

-- A new job of a simple key that has jobs of the same priority: it comes behind them, and changes nothing else.
local function sitSimple(queue, name, priority, sequence, id)
  local kept = keys.simple(queue, name)
  if not kept then return false end
  local packed, isBehind = keyRecords.append(kept, pack('>i4', priority), sequence, id)
  if not packed then return false end
  if isBehind then zadd(keyLanes.behindKey(queue), 0, keyLanes.prefix({name = name}, {bench = '', priority = priority}) .. member(sequence, id)) end
  keys.keepSimple(queue, name, packed)
  keys.count(queue, 1)
  return true
end

-- A new job waits.
function keys.sitNew(queue, name, priority, sequence, id)
  if not sitSimple(queue, name, priority, sequence, id) then keys.sit(queue, keys.of(queue, name), '', priority, sequence, id, sequence) end
end

-- A running job has ended.
function keys.finish(queue, name, handle)
  if freeSimple(queue, name) then return end
  local key = keys.of(queue, name)
  key.exists, key.active = true, math.max(0, key.active - 1)
  keys.settle(queue, key, handle, true)
end

end)
