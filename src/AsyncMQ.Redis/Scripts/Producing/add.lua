-- Adds groups of jobs, each all or nothing.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 sizes of the groups (four bytes each), 5 how many queues, then their names, then the queue of each job
--   (two bytes each, from 1; empty: all in the first), then for each job: id, blob, and by the bits in the blob's first byte
--   1: due (a byte: 0 delay, 1 time; eight bytes), 2: the body, too large for the record, 4: deduplication (bits, window, id).
--   Blob: bits, priority, flags, time-to-live, length of the name, stamp, name, body.
-- Reply: {0 or 3, outcomes}: for each group a byte 0 and a byte of outcome for each job, behind Deduplicated the owner's id (two bytes of length), or
--   1 + the reason and the four bytes of the job's number.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local DUE, BODY, DEDUPLICATED = 1, 2, 4
local CREATED, DUPLICATE, SUPPRESSED, REPLACED = '\0', '\1', '\2', '\3'
local QUEUE_CLOSED = char(2)

local queueCount = tonumber(ARGV[5])
local of = {}
for i = 1, queueCount do of[i] = queueOf(ARGV[5 + i]) end
local numbers = ARGV[6 + queueCount]
local argument = 7 + queueCount

-- The jobs as they came.
local adds, asked = {}, {}
while argument <= #ARGV do
  local index = #adds + 1
  local queue = of[numbers == '' and 1 or unpackFields('>I2', numbers, 2 * index - 1)]
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
  end
  adds[index] = add
  asked[queue] = asked[queue] or {}
  asked[queue][#asked[queue] + 1] = add.id
end
for queue, ids in pairs(asked) do loadStamps(queue, ids) end

local function suppressed(hold) return SUPPRESSED .. pack('>I2', #hold.ownerId) .. hold.ownerId end

local function addDeduplicated(queue, add)
  local wish = askedBy(add.deduplication)
  local hold = holdOf(queue, wish.id)
  local state = hold and ownerState(queue, hold)
  local fresh = wish.ttl > 0 and now + wish.ttl or 0
  if not hold or not ((wish.keep and state == ACTIVE) or isTaken(queue, hold)) then
    own(queue, wish.id, store(queue, add), add.id, fresh)
    return CREATED
  end

  if wish.replace and state == DELAYED then
    local window = fresh
    if wish.ttl > 0 and not wish.extend and hold.window > 0 then window = hold.window end
    hold.kept = ''
    finish(find(queue, hold.ownerId))
    own(queue, wish.id, store(queue, add), add.id, window)
    return REPLACED
  end

  if wish.extend and fresh > 0 then hold.window = fresh end
  if wish.keep and state == ACTIVE then hold.kept = packAdd(add) end
  changeHold(queue, wish.id, hold)
  return suppressed(hold)
end

local function addOne(add)
  local queue = add.queue
  local stamp, cancelled = stampOf(queue, add.id)
  if stamp then
    local isOwn = stamp == sub(add.blob, 17, 24)
    if isOwn then return CREATED end
    if not cancelled then return DUPLICATE end
  end
  if add.deduplication then return addDeduplicated(queue, add) end
  store(queue, add)
  return CREATED
end

local replies = {}
local first = 1
for group = 1, #ARGV[4] / 4 do
  local size = unpackFields('>I4', ARGV[4], 4 * group - 3)
  local refusal
  for i = first, first + size - 1 do
    if adds[i].queue.closed then
      refusal = QUEUE_CLOSED .. pack('>I4', i - first)
      break
    end
  end
  if refusal then
    replies[#replies + 1] = refusal
  else
    replies[#replies + 1] = '\0'
    for i = first, first + size - 1 do replies[#replies + 1] = addOne(adds[i]) end
  end
  first = first + size
end

local reply = keep(concat(replies))
finishStep()
return {0, reply}
