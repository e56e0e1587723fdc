-- Needs: 01-step, 03-queues, 04-storing, 05-keys, 07-ready, 12-adding, 12-groups
-- Adds groups of jobs, each all or nothing.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 sizes of the groups (four bytes each), 5 their flows, or empty (for each group the length of its flow's id, the
--   id, a stamp, and 1 when it is there already), 6 how many queues, then their names, then the queue of each job
--   (two bytes each, from 1; empty: all in the first), then for each job: id, blob, and by the bits in the blob's first byte
--   1: due (a byte: 0 delay, 1 time; eight bytes), 2: the body, too large for the record, 4: deduplication (bits, window, id), 8: what it depends on
--   (policy, then of each the number of its queue, the length of its id, and its id); 64 only tells of a key.
--   Blob: bits, priority, flags, time-to-live, length of the name, stamp, name, the key behind its length when there is one, body.
-- Reply: {0 or 3, outcomes}: for each group a byte 0 and a byte of outcome for each job, behind Deduplicated the owner's id (two bytes of length), or
--   1 + the reason and the four bytes of the job's number, and for an unknown dependency the four bytes of its place.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local QUEUE_CLOSED = char(2)

local queueCount = tonumber(ARGV[6])
local of = {}
for i = 1, queueCount do of[i] = queueOf(ARGV[6 + i]) end
local numbers = ARGV[7 + queueCount]
local argument = 8 + queueCount

-- The jobs as they came.
local adds, asked, keyed = {}, {}, {}
while argument <= #ARGV do
  local index = #adds + 1
  local queue = of[numbers == '' and 1 or unpackFields('>I2', numbers, 2 * index - 1)]
  local add
  add, argument = readAdd(queue, argument)
  adds[index] = add
  local ids = asked[queue]
  if not ids then
    ids = {}
    asked[queue] = ids
  end
  ids[#ids + 1] = add.id
  if add.key then
    local names = keyed[queue]
    if not names then
      names = {}
      keyed[queue] = names
    end
    names[#names + 1] = add.key
  end
end
for queue, ids in pairs(asked) do loadStamps(queue, ids) end
for queue, names in pairs(keyed) do keys.load(queue, names) end

local replies = {}
local first, groups = 1, #ARGV[4] / 4
local flows = ARGV[5] ~= '' and links.readFlows(ARGV[5], groups)
for group = 1, groups do
  local size = unpackFields('>I4', ARGV[4], 4 * group - 3)
  local flow, refusal = flows and flows[group], nil
  local isLinked = flow
  for i = first, first + size - 1 do
    isLinked = isLinked or adds[i].links
    if adds[i].queue.closed then
      refusal = QUEUE_CLOSED .. pack('>I4', i - first)
      break
    end
  end
  if isLinked and not refusal then refusal = links.checkGroup(adds, first, first + size - 1, flow, of) end
  if refusal then
    replies[#replies + 1] = refusal
  else
    replies[#replies + 1] = '\0'
    for i = first, first + size - 1 do replies[#replies + 1] = addOne(adds[i]) end
  end
  first = first + size
end

-- A job that gave way to one of these may have had dependents.
if hasEffects then links.spread() end
local reply = keep(concat(replies))
finishStep()
return {0, reply}
