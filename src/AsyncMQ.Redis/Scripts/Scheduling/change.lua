-- Needs: 01-step, 03-queues, 07-ready, 12-adding, 13-schedules
-- One command on a schedule.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 queue, 5 id, 6 command, then what it has: pause; resume: revision expected, next time or '';
--   remove; trigger: the job's queue, then its add, as add.lua tells.
-- Reply: {0 or 3, a byte of outcome and the id of a triggered job, the schedule or false}.

local lost, queue = enterSchedule()
if lost then return lost end
local commands = {}

function commands.pause(schedule)
  if not schedule.paused then
    schedule.paused = true
    revise(queue, schedule)
  end
  return DONE
end

function commands.resume(schedule)
  if not schedule.paused then return DONE end
  if schedule.revision ~= tonumber(ARGV[7]) then return CONFLICT end
  schedule.paused, schedule.next = false, tonumber(ARGV[8]) or NEVER
  revise(queue, schedule)
  return DONE
end

function commands.remove(schedule)
  removeSchedule(queue, schedule)
  return DONE
end

function commands.trigger(schedule)
  local add = readAdd(queueOf(ARGV[7]), 8)
  if queue.closed or not addFor(queue, schedule, add, now, TRIGGERED) then return QUEUE_CLOSED end
  keepSchedule(queue, schedule)
  return DONE .. schedule.lastJob
end

local schedule = scheduleOf(queue, ARGV[5])
local reply = keep(schedule and commands[ARGV[6]](schedule) or NOT_FOUND)
finishStep()
return {0, reply, call('HGET', schedulesKey(queue), ARGV[5])}
