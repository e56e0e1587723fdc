-- Needs: 01-step, 05-deduplication, 12-adding
-- Schedules. The hash schedules:<queue> has for each id: number, revision, next time, paused, runs, created, last fired, the last job's id behind its
-- length, and the definition, which is the core's. scheduleIds:<queue> has the ids in order, firing those whose time will come, and
-- history:<queue> NUL <id> the latest occurrences.

local ADDED, OVERLAPPED, MISSED, NOT_ADDED, TRIGGERED = 0, 1, 2, 3, 4

-- What became of a step on a schedule.
local DONE, NOT_FOUND, CONFLICT, QUEUE_CLOSED = '\0', '\1', '\2', '\3'

local schedulesKey, scheduleIdsKey, scheduleOf, enterSchedule, keepSchedule, revise, removeSchedule, stopSchedules, note, addFor

do -- what follows and is not named above is seen here only: a script has room for two hundred names

local MOST_OCCURRENCES = 50

function schedulesKey(queue) return root .. 'schedules:' .. queue.name end

function scheduleIdsKey(queue) return root .. 'scheduleIds:' .. queue.name end

local function historyKey(queue, id) return root .. 'history:' .. queue.name .. '\0' .. id end

local SCHEDULE = '>I8I8I8BI8I8I8I2'

local function packSchedule(schedule)
  return pack(SCHEDULE, schedule.number, schedule.revision, schedule.next, schedule.paused and 1 or 0, schedule.runs, schedule.created,
    schedule.lastFired, #schedule.lastJob) .. schedule.lastJob .. schedule.definition
end

function scheduleOf(queue, id)
  local kept = call('HGET', schedulesKey(queue), id)
  if not kept or #kept < 51 then return nil end
  local own, revision, following, paused, runs, created, lastFired, length = unpackFields(SCHEDULE, kept)
  return {
    id = id, number = own, revision = revision, next = following, paused = paused == 1, runs = runs, created = created, lastFired = lastFired,
    lastJob = sub(kept, 52, 51 + length), definition = sub(kept, 52 + length)
  }
end

-- Begins a step on the schedule ARGV[5] of the queue ARGV[4]. Gives the reply, when it was done before or must not be done; else nothing and the queue.
function enterSchedule()
  local lost = enter(ARGV[1], ARGV[2], ARGV[3])
  if lost and lost[1] < 3 then return lost end
  local queue = queueOf(ARGV[4])
  if lost then lost[3] = call('HGET', schedulesKey(queue), ARGV[5]) end
  return lost, queue
end

local function firingMember(queue, schedule) return pack('>I8', schedule.number) .. queue.name .. '\0' .. schedule.id end

-- Writes a schedule, and puts it where it fires as soon as its time comes: not a paused one, nor one of a closed queue. True when it may fire.
function keepSchedule(queue, schedule)
  call('HSET', schedulesKey(queue), schedule.id, packSchedule(schedule))
  call('ZADD', scheduleIdsKey(queue), 0, sortable(schedule.id))
  local mayFire = not schedule.paused and not queue.closed and schedule.next < NEVER
  if mayFire then
    call('ZADD', root .. 'firing', schedule.next, firingMember(queue, schedule))
  else
    call('ZREM', root .. 'firing', firingMember(queue, schedule))
  end
  return mayFire
end

-- Gives a schedule a new revision: what was decided of it before cannot fire it any more.
function revise(queue, schedule)
  schedule.revision = nextNumber()
  if keepSchedule(queue, schedule) then tell('S') end
end

function removeSchedule(queue, schedule)
  call('ZREM', root .. 'firing', firingMember(queue, schedule))
  call('HDEL', schedulesKey(queue), schedule.id)
  call('ZREM', scheduleIdsKey(queue), sortable(schedule.id))
  call('DEL', historyKey(queue, schedule.id))
end

-- The schedules of a queue that is closed fire no more.
function stopSchedules(queue)
  for _, key in ipairs(call('ZRANGE', scheduleIdsKey(queue), 0, -1)) do
    local schedule = scheduleOf(queue, unsorted(key))
    if schedule then call('ZREM', root .. 'firing', firingMember(queue, schedule)) end
  end
end

function note(queue, schedule, due, outcome, jobId)
  local key = historyKey(queue, schedule.id)
  call('RPUSH', key, pack('>I8I8B', due, now, outcome) .. (jobId or ''))
  call('LTRIM', key, -MOST_OCCURRENCES, -1)
end

-- Adds a job for a schedule, as any other add would, and notes what came of it.
function addFor(queue, schedule, add, due, whenAdded)
  if add.queue.closed then return nil end
  local answer = addOne(add.queue, add.id, add.blob, add)
  local outcome, id = whenAdded, add.id
  if byte(answer) == 2 then outcome, id = NOT_ADDED, sub(answer, 4) end
  schedule.lastJob = id
  note(queue, schedule, due, outcome, id)
  return outcome
end

end
