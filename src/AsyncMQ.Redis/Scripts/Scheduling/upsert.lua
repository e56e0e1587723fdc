-- Needs: 01-step, 03-queues, 06-moves, 07-ready, 13-schedules
-- Creates or replaces a schedule.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 queue, 5 id, 6 revision expected or '', 7 next time or '', 8 paused: 0, 1 or '', 9 definition.
-- Reply: {0 or 3, a byte of outcome, the schedule or false}.

local lost, queue = enterSchedule()
if lost then return lost end

local function upsert()
  if queue.closed then return QUEUE_CLOSED end
  local schedule = scheduleOf(queue, ARGV[5])
  local expected = tonumber(ARGV[6])
  if schedule and schedule.revision ~= expected then return CONFLICT end
  if not schedule and expected then return NOT_FOUND end
  if not schedule then
    schedule = {id = ARGV[5], number = nextNumber(), paused = false, runs = 0, created = now, lastFired = 0, lastJob = ''}
    knowQueue(queue)
    touch(queue)
  end
  schedule.definition, schedule.next = ARGV[9], tonumber(ARGV[7]) or NEVER
  if ARGV[8] ~= '' then schedule.paused = ARGV[8] == '1' end
  revise(queue, schedule)
  return DONE
end

local reply = keep(upsert())
finishStep()
return {0, reply, call('HGET', schedulesKey(queue), ARGV[5])}
