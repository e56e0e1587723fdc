-- Needs: 01-step, 02-records, 03-queues, 07-ready
-- Progress and log lines of claimed jobs.
-- ARGV: 1 session, 2 lane, 3 sequence, then each: queue, id, control (lane, sequence and place of the claim, bits 1 own 2 progress, number of lines),
--   progress when there is one, lines.
-- Reply: {0 or 3, outcomes}, a byte each: 0 applied, 1 lost.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local MOST_LINES, MOST_BYTES = 1000, 65536

-- The job that the session holds under this token, in this place; nothing when the claim is not current.
local function findClaimed(queue, id, lane, claim, place)
  local job = find(queue, id)
  if job and job.state == ACTIVE and job.holder == session.number and job.lane == lane and job.claim == claim and math.floor(job.place) == place then
    return job
  end
  return nil
end

-- Keeps the newest line, however long it is: better one long line than none.
local function append(job, from, last)
  local key = logKey(job.queue, job.id)
  local kept = tonumber(call('HGET', job.queue.extraKey, 'n' .. job.id) or 0)
  local count = call('LLEN', key)
  for i = from, last do
    call('RPUSH', key, pack('>I8I4', now, job.attempt) .. ARGV[i])
    kept, count = kept + #ARGV[i], count + 1
    while count > MOST_LINES or (kept > MOST_BYTES and count > 1) do
      kept, count = kept - (#call('LPOP', key) - 12), count - 1
    end
  end
  job.bits = bit.bor(job.bits, LOGS)
  job.queue.extras['n' .. job.id] = kept
  change(job)
  flush()
end

local outcomes = {}
local argument = 4
while argument <= #ARGV do
  local queue, id, control = queueOf(ARGV[argument]), ARGV[argument + 1], ARGV[argument + 2]
  local lane, claim, place, bits, count = unpackFields('>I4I8I8BI4', control)
  argument = argument + 3
  local progress
  if has(bits, 2) then
    progress = ARGV[argument]
    argument = argument + 1
  end
  local job = has(bits, 1) and findClaimed(queue, id, lane, claim, place)
  if job then
    if progress then
      if #progress > 0 then setExtra(job, PROGRESS, progress) else dropExtra(job, PROGRESS) end
    end
    if count > 0 then append(job, argument, argument + count - 1) end
    if queue.journal then
      if progress then queue.journal.tellJob('Progressed', job, {data = progress}) end
      for i = argument, argument + count - 1 do queue.journal.tellJob('Logged', job, {text = ARGV[i]}) end
    end
  end
  outcomes[#outcomes + 1] = job and '\0' or '\1'
  argument = argument + count
end

local reply = keep(concat(outcomes))
finishStep()
return {0, reply}
