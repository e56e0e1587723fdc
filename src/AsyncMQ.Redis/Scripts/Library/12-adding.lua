-- Needs: 01-step, 02-records, 03-queues, 04-storing, 05-deduplication, 06-moves
-- One add, by a producer or by a schedule: its id, its deduplication, and what is answered.

local readAdd, addOne

do -- what follows and is not named above is seen here only: a script has room for two hundred names

local DUE, BODY, DEDUPLICATED, DEPENDING = 1, 2, 4, 8
local CREATED, DUPLICATE, SUPPRESSED, REPLACED = '\0', '\1', '\2', '\3'

-- An add among the arguments, as add.lua tells; and where the next argument is.
function readAdd(queue, argument)
  local add = {queue = queue, id = ARGV[argument], blob = ARGV[argument + 1]}
  local bits = byte(add.blob)
  argument = argument + 2
  if bits > 0 then
    if has(bits, DUE) then
      add.due = ARGV[argument]
      argument = argument + 1
    end
    if has(bits, BODY) then
      add.body = ARGV[argument]
      argument = argument + 1
    end
    if has(bits, DEDUPLICATED) then
      add.deduplication = ARGV[argument]
      argument = argument + 1
    end
    if has(bits, DEPENDING) then
      add.links = ARGV[argument]
      argument = argument + 1
    end
  end
  return add, argument
end

local function suppressed(hold) return SUPPRESSED .. pack('>I2', #hold.ownerId) .. hold.ownerId end

local function storeOwner(queue, add, id, window)
  deduplication.own(queue, id, store(queue, add.id, add.blob, add), add.id, window)
  -- What it depends on may have failed it already.
  if add.failed then deduplication.free(find(queue, add.id), {id = id}, false) end
end

local function addDeduplicated(queue, add)
  local wish = deduplication.askedBy(add.deduplication)
  local hold = deduplication.holdOf(queue, wish.id)
  local state = hold and deduplication.ownerState(queue, hold)
  local fresh = wish.ttl > 0 and now + wish.ttl or 0
  if not hold or not ((wish.keep and state == ACTIVE) or deduplication.isTaken(queue, hold)) then
    storeOwner(queue, add, wish.id, fresh)
    return CREATED
  end

  if wish.replace and state == DELAYED then
    local window = fresh
    if wish.ttl > 0 and not wish.extend and hold.window > 0 then window = hold.window end
    hold.kept = ''
    moves.finish(find(queue, hold.ownerId))
    storeOwner(queue, add, wish.id, window)
    return REPLACED
  end

  if wish.extend and fresh > 0 then hold.window = fresh end
  if wish.keep and state == ACTIVE then hold.kept = deduplication.packAdd(add) end
  deduplication.change(queue, wish.id, hold)
  if queue.journal then queue.journal.tellAdd('Deduplicated', queue, hold.ownerId, add.blob, {text = add.id, detail = wish.id}) end
  if add.group then links.standsFor(add, hold) end
  return suppressed(hold)
end

-- Id and blob, and the add where there is more.
function addOne(queue, id, blob, add)
  if add and add.group then add.group.standIns[add.ref] = nil end -- a job with that id is there, whatever an earlier one was answered
  local stamp, cancelled = stampOf(queue, id)
  if stamp then
    if stamp == stampIn(blob) then return CREATED end
    if not cancelled then return DUPLICATE end
  end
  if add and add.deduplication then return addDeduplicated(queue, add) end
  store(queue, id, blob, add, not stamp)
  return CREATED
end

end
