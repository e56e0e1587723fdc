-- Needs: 01-step, 02-records, 03-queues, 06-spreading, 07-ready, 12-adding, 13-schedules
-- Fires schedules, each by compare-and-set.
-- ARGV: 1 session, 2 lane, 3 sequence, then for each: queue, id, control (revision expected, next time or never, most runs or -1, skip while the last
--   job has not ended, how many occurrences), then each occurrence: its time (eight bytes, and a byte: has a job), and for a job its queue and its add,
--   as add.lua tells.
-- Reply: {0 or 3, a byte of outcome for each}.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local function hasUnendedJob(queue, schedule)
  local job = schedule.lastJob ~= '' and find(queue, schedule.lastJob)
  return job and job.state < COMPLETED
end

local function fire(queue, schedule, occurrence, skips)
  if not occurrence.add then
    note(queue, schedule, occurrence.due, MISSED)
  elseif skips and hasUnendedJob(queue, schedule) then
    note(queue, schedule, occurrence.due, OVERLAPPED)
  elseif addFor(queue, schedule, occurrence.add, occurrence.due, ADDED) == ADDED then
    schedule.runs = schedule.runs + 1
    schedule.lastFired = now
  end
end

local function tick(queue, id, control, occurrences)
  local expected, following, mostRuns, skips = unpackFields('>I8I8i8B', control)
  local schedule = scheduleOf(queue, id)
  if not schedule then return NOT_FOUND end
  if queue.closed then return QUEUE_CLOSED end
  if schedule.paused or schedule.revision ~= expected then return CONFLICT end

  local function hasRunOut() return mostRuns >= 0 and schedule.runs >= mostRuns end
  for i = 1, #occurrences do
    if hasRunOut() then break end
    fire(queue, schedule, occurrences[i], skips == 1)
  end
  schedule.revision = nextNumber()
  schedule.next = hasRunOut() and NEVER or following
  keepSchedule(queue, schedule)
  return DONE
end

local outcomes = {}
local argument = 4
while argument <= #ARGV do
  local queue, id, control = queueOf(ARGV[argument]), ARGV[argument + 1], ARGV[argument + 2]
  argument = argument + 3
  local occurrences = {}
  for i = 1, unpackFields('>I4', control, 26) do
    local due, hasJob = unpackFields('>I8B', ARGV[argument])
    occurrences[i] = {due = due}
    argument = argument + 1
    if hasJob == 1 then occurrences[i].add, argument = readAdd(queueOf(ARGV[argument]), argument + 1) end
  end
  outcomes[#outcomes + 1] = tick(queue, id, control, occurrences)
end

if hasEffects then links.spread() end
local reply = keep(concat(outcomes))
finishStep()
return {0, reply}
