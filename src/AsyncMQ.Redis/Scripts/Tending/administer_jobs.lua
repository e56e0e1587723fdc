-- Needs: 01-step, 02-records, 03-queues, 04-storing, 05-deduplication, 06-moves, 06-spreading, 07-ready
-- One command for many jobs, each by itself, in order.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 command, 5 states expected (a bit each), 6 not after or '', 7 due (a byte: 0 delay, 1 time; eight bytes) or '',
--   then each: queue, id.
-- Reply: {0 or 3, packed}: for each a byte of outcome and the state before, 255 when there was no job.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local DONE, NOT_FOUND, WRONG_STATE, REQUESTED, DEDUPLICATION_TAKEN, DEPENDENCY_FAILED = 0, 1, 2, 3, 4, 5
local notAfter = tonumber(ARGV[6])

local commands = {}

commands['0'] = function(job) -- remove
  if job.state == ACTIVE then moves.tellMail(job.holder) end
  moves.finish(job)
  return DONE
end

commands['1'] = function(job) -- retry
  if job.state < COMPLETED then return WRONG_STATE end
  local isLinked = has(job.flags, LINKED + DEPENDENTS)
  if isLinked and links.wouldFailAgain(job) then return DEPENDENCY_FAILED end
  if not deduplication.ownAgain(job) then return DEDUPLICATION_TAKEN end
  job.attempt, job.stalls = 0, 0
  dropExtra(job, RESULT)
  dropExtra(job, ERROR)
  if job.ttl > 0 then job.expires = now + job.ttl end
  if isLinked and links.reopen(job) then links.hold(job) else moves.toWaiting(job) end
  if job.queue.journal then job.queue.journal.tellJob('Retrying', job, {manual = true}) end
  return DONE
end

commands['2'] = function(job) -- promote
  if job.state == CHILDREN and links.tryLetGo(job) then return DONE end
  if job.state ~= DELAYED then return WRONG_STATE end
  moves.toWaiting(job)
  if job.queue.journal then job.queue.journal.tellJob('Promoted', job) end
  return DONE
end

commands['3'] = function(job) -- cancel
  if job.state >= COMPLETED then return WRONG_STATE end
  if job.state ~= ACTIVE then
    moves.finish(job, CANCELLED)
    return DONE
  end
  -- It keeps its slot until its handler returns; the session hears of it with each renewal until then.
  job.bits = bit.bor(job.bits, CANCELLING)
  sadd(root .. 'mail:' .. text(job.holder), refOf(job))
  moves.tellMail(job.holder)
  change(job)
  return REQUESTED
end

commands['4'] = function(job) -- reschedule
  if job.state ~= DELAYED and job.state ~= WAITING then return WRONG_STATE end
  local due = dueTime(ARGV[7])
  if due > now then
    moves.toDelayed(job, due)
    if job.queue.journal then job.queue.journal.tellJob('Rescheduled', job) end
  elseif job.state == DELAYED then
    moves.toWaiting(job)
    if job.queue.journal then job.queue.journal.tellJob('Promoted', job) end
  end
  return DONE
end

commands['5'] = function(job) -- watch
  if not has(job.flags, WATCHED) then
    job.flags = job.flags + WATCHED
    change(job)
  end
  return DONE
end

local command, expected = commands[ARGV[4]], tonumber(ARGV[5])
local asked = {}
for i = 8, #ARGV, 2 do
  asked[ARGV[i]] = asked[ARGV[i]] or {}
  asked[ARGV[i]][#asked[ARGV[i]] + 1] = ARGV[i + 1]
end
for name, ids in pairs(asked) do load(queueOf(name), ids) end

local replies = {}
for i = 8, #ARGV, 2 do
  local job = find(queueOf(ARGV[i]), ARGV[i + 1])
  if not job then
    replies[#replies + 1] = char(NOT_FOUND, 255)
  else
    -- An ended job counts from its end, so that a loop of retries does not meet a job again that has failed again meanwhile.
    local before = job.state
    local since = before >= COMPLETED and job.at or job.added
    local isExpected = has(expected, bit.lshift(1, before)) and not (notAfter and since > notAfter)
    replies[#replies + 1] = char(isExpected and command(job) or WRONG_STATE, before)
  end
end

if hasEffects then links.spread() end
local reply = keep(concat(replies))
finishStep()
return {0, reply}
