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
local OF_KEY = 64 -- the highest of these bits

local queueCount = tonumber(ARGV[6])
local of = {}
for i = 1, queueCount do of[i] = queueOf(ARGV[6 + i]) end
local numbers = ARGV[7 + queueCount]

-- The jobs as they came; those that have more than an id and a blob as adds.
local ids, blobs, queues, adds = {}, {}, {}, {}
local asked, keyed = {}, {}
local argument, last = 8 + queueCount, #ARGV
while argument <= last do
  local index = #ids + 1
  local queue = of[numbers == '' and 1 or unpackFields('>I2', numbers, 2 * index - 1)]
  ids[index], blobs[index], queues[index], adds[index] = ARGV[argument], ARGV[argument + 1], queue, false
  local bits = byte(blobs[index])
  local key = bits >= OF_KEY and keys.inBlob(blobs[index])
  if bits ~= 0 and bits ~= OF_KEY then
    adds[index], argument = readAdd(queue, argument)
  else
    argument = argument + 2
  end
  if numbers ~= '' then
    asked[queue] = asked[queue] or {}
    asked[queue][#asked[queue] + 1] = ids[index]
  end
  if key then
    keyed[queue] = keyed[queue] or {}
    keyed[queue][#keyed[queue] + 1] = key
  end
end
if numbers == '' and of[1] then asked[of[1]] = ids end
for queue, list in pairs(asked) do loadStamps(queue, list) end
for queue, names in pairs(keyed) do keys.loadWithJobs(queue, names) end

local replies = {}
local first, groups = 1, #ARGV[4] / 4
local flows = ARGV[5] ~= '' and links.readFlows(ARGV[5], groups)

-- Nothing, or the reply to a group of which nothing is added.
local function refusalOf(group, size)
  local flow = flows and flows[group]
  local isLinked = flow
  for i = first, first + size - 1 do
    isLinked = isLinked or (adds[i] and adds[i].links)
    if queues[i].closed then return QUEUE_CLOSED .. pack('>I4', i - first) end
  end
  if not isLinked then return nil end
  for i = first, first + size - 1 do adds[i] = adds[i] or {queue = queues[i], id = ids[i], blob = blobs[i]} end
  return links.checkGroup(adds, first, first + size - 1, flow, of)
end

for group = 1, groups do
  local size = unpackFields('>I4', ARGV[4], 4 * group - 3)
  local refusal = refusalOf(group, size)
  replies[#replies + 1] = refusal or '\0'
  for i = first, refusal and 0 or first + size - 1 do replies[#replies + 1] = addOne(queues[i], ids[i], blobs[i], adds[i]) end
  first = first + size
end

-- A job that gave way to one of these may have had dependents.
if hasEffects then links.spread() end
local reply = keep(concat(replies))
finishStep()
return {0, reply}
