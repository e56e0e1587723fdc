-- Needs: 01-step, 02-records, 03-queues, 04-storing, 05-keys, 06-limits, 06-moves, 06-spreading, 07-ready, 08-claims, 08-turns, 09-time
-- One round trip of a worker: settles, tells dependents, expires, promotes, claims.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 slots, 5 prefetch, 6 how many claims, then each: queue, most;
--   then how many groups of settlements, each: queue, how many, then each: id, control, and the data when control says so.
--   Control: lane, sequence, handle of the claim; kind; bits 1 the token is of this session, 2 data follows; delay. Without what is behind the handle:
--   a job of this session completed without a result.
-- Reply: {0 or 3, outcomes, microseconds until work or -1, number of ready queues, their names ..., now,
--   then for each queue claimed from: number of the claim, how many, then each: id, record, and the body when it is apart}.
--   The records are those before the claim; sent again, as they are.

local MOST_EFFECTS = 1000

local argument = 4
local function nextArgument()
  argument = argument + 1
  return ARGV[argument - 1]
end

-- What was claimed by this step when it was done first, as it is now.
local function readAnew(outcomes)
  local reply = {3, outcomes, 0, 0, now}
  local held = {}
  for _, job in ipairs(rarely.claimsOf(session.number)) do
    if job.lane == session.lane and job.claim == session.sequence then
      job.place = tonumber(call('ZSCORE', job.queue.activeKey, job.id) or 0)
      held[#held + 1] = job
    end
  end
  table.sort(held, function(one, other) return one.place < other.place end)
  local claims = {}
  for i = 7, 6 + 2 * tonumber(ARGV[6]), 2 do claims[ARGV[i]] = claims[ARGV[i]] or (i - 7) / 2 end
  for _, job in ipairs(held) do
    local claim = claims[job.queue.name]
    if claim then
      reply[#reply + 1] = claim
      reply[#reply + 1] = 1
      reply[#reply + 1] = job.id
      reply[#reply + 1] = encode(job)
      if has(job.bits, LARGE) then reply[#reply + 1] = call('HGET', job.queue.bodyKey, job.id) or '' end
    end
  end
  return reply
end

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then
  if lost[1] == 3 then return readAnew(lost[2]) end
  return lost
end

local settleGroup, flushPlain

do -- what follows and is not named above is seen here only: a script has room for two hundred names

local APPLIED, LOST, CANCELLED_OUTCOME = '\0', '\1', '\2'
local COMPLETE, FAIL, RETRY, PUT_BACK, HAND_BACK, PARK, HOLD_QUEUE, HOLD_KEY = 0, 1, 2, 3, 4, 5, 6, 7
local settling = {} -- of all that is not plain

lazily(settling, function()

local function runAgain(job, delay)
  if delay > 0 then moves.toDelayed(job, now + delay) else moves.toWaiting(job) end
end

-- A job that was asked to stop has come back: it is cancelled, whatever the settlement says.
local function finishCancelled(job, kind, data)
  if kind >= HAND_BACK then
    job.attempt = job.attempt - 1
  else
    moves.recordError(job, 4, kind == COMPLETE and '' or data)
  end
  moves.finish(job, CANCELLED)
  return CANCELLED_OUTCOME
end

local function holdBack(job, kind, delay)
  local queue = job.queue
  if kind == HOLD_KEY and has(job.flags, KEYED) then
    local key = keys.ofJob(job)
    keys.hold(queue, key, math.max(key.heldUntil, now + delay))
    return
  end
  queue.heldUntil = math.max(queue.heldUntil, now + delay)
  call('HSET', queue.record, 'heldUntil', queue.heldUntil)
end

function settling.settle(job, kind, data, delay)
  if has(job.bits, CANCELLING) then return finishCancelled(job, kind, data) end
  if kind == COMPLETE then
    if #data > 0 then setExtra(job, RESULT, data) end
    moves.finish(job, COMPLETED)
  elseif kind == FAIL then
    moves.recordError(job, 1, data)
    moves.finish(job, FAILED, data)
  elseif kind == RETRY then
    moves.recordError(job, 0, data)
    runAgain(job, delay)
  else
    if kind == PUT_BACK then moves.recordError(job, 2, data) end
    job.attempt = job.attempt - 1
    if kind == PUT_BACK then
      runAgain(job, delay)
    elseif kind == PARK then
      limiting.returnPermit(job.queue)
      if has(job.flags, KEYED) then keys.givePermitBack(job) end
      moves.toParked(job)
    elseif kind == HAND_BACK and delay > 0 then
      runAgain(job, delay)
    else
      if kind ~= HAND_BACK then holdBack(job, kind, delay) end
      moves.backToWaiting(job)
    end
  end
  if job.queue.journal and job.state < COMPLETED then job.queue.journal.tellJob(kind == RETRY and 'Retrying' or 'Returned', job, {data = data}) end
  return APPLIED
end

end)

-- A plain job that completes without a result, as most do, with a key or without: the front of its record is replaced, nothing is taken apart.
local PLAIN_FLAGS = {}
for _, flags in ipairs({0, CUSTOM, WANTED, CUSTOM + WANTED}) do PLAIN_FLAGS[flags], PLAIN_FLAGS[flags + KEYED] = 0, KEYED end
local plain = {}
local own, ended = pack('>I8', session.number), char(COMPLETED, 0) .. pack('>I8', now)
local function completePlain(queue, id, record, control)
  local state, bits = byte(record, 1, 2)
  local kind = PLAIN_FLAGS[byte(record, 69)]
  if state ~= ACTIVE or bits % 2 == CANCELLING or not kind or string.find(record, control, 33, true) ~= 33
    or string.find(record, own, 15, true) ~= 15 then
    return false
  end
  local list = plain[queue]
  if not list then
    list = {records = {}, ids = {}, ended = {}, claims = {}, prefix = queue.name .. '\0'}
    plain[queue] = list
  end
  local count = #list.ids + 1
  list.ids[count] = id
  list.records[2 * count - 1] = id
  list.records[2 * count] = (bits == 0 and ended or char(COMPLETED, bits) .. sub(ended, 3)) .. sub(record, 11)
  list.ended[2 * count - 1] = text(nextNumber())
  list.ended[2 * count] = id
  list.claims[count] = list.prefix .. id
  if queue.journal then queue.journal.tellRecord('Completed', queue, id, record, {state = COMPLETED}) end
  if kind == KEYED then keys.finish(queue, keys.inRecord(record), (unpackFields('>I8', record, 45))) end
  return true
end

function flushPlain()
  for queue, list in pairs(plain) do
    call('HSET', queue.jobsKey, unpack(list.records))
    call('ZREM', queue.activeKey, unpack(list.ids))
    call('ZADD', endedKey(queue, COMPLETED), unpack(list.ended))
    call('SREM', root .. 'claims:' .. text(session.number), unpack(list.claims))
    queue.ends[COMPLETED] = (queue.ends[COMPLETED] or 0) + #list.ids
    if queue.limitsKept and limitsOf(queue).bounds then queue.freed = true end
    queue.left = true
    touch(queue)
  end
end

-- The settlements of one queue, in order.
function settleGroup(outcomes)
  local queue, count = queueOf(nextArgument()), tonumber(nextArgument())
  local ids, controls, datas = {}, {}, {}
  for i = 1, count do
    ids[i], controls[i] = nextArgument(), nextArgument()
    datas[i] = #controls[i] > 20 and has(byte(controls[i], 22), 2) and nextArgument() or ''
  end
  local records = call('HMGET', queue.jobsKey, unpack(ids))
  local names
  for i = 1, queue.hasKeys and count or 0 do
    local record = records[i]
    if record and #record >= FIXED and byte(record, 69) % 4 >= KEYED then
      names = names or {}
      names[#names + 1] = keys.inRecord(record)
    end
  end
  if names then keys.load(queue, names) end
  local done = {}
  for i = 1, count do
    local id, control, record = ids[i], controls[i], records[i]
    local outcome = LOST
    if record and not done[id] and #record >= FIXED then
      local isPlain = #control == 20
      if isPlain and completePlain(queue, id, record, control) then
        outcome = APPLIED
        done[id] = true
      else
        local kind, bits, delay = COMPLETE, 1, 0
        if not isPlain then kind, bits, delay = unpackFields('>BBI8', control, 21) end
        queue.jobs[id] = decode(queue, id, record) or false
        local lane, claim, handle = unpackFields('>I4I8I8', control)
        local job = has(bits, 1) and findClaimed(queue, id, lane, claim, handle)
        if job then
          outcome = settling.settle(job, kind, datas[i], delay)
          done[id] = true
        end
      end
    end
    outcomes[#outcomes + 1] = outcome
  end
end

end

local slots, prefetch, claimCount = tonumber(nextArgument()), tonumber(nextArgument()), tonumber(nextArgument())
local claims = {}
for i = 1, claimCount do claims[i] = {queue = queueOf(nextArgument()), most = tonumber(nextArgument())} end

local outcomes = {}
for _ = 1, tonumber(nextArgument()) do settleGroup(outcomes) end
flushPlain()
flush()
if hasEffects then links.spread() end

local expiries, promotions = MOST_EFFECTS, MOST_EFFECTS
for i = 1, claimCount do
  local queue = claims[i].queue
  if queue.known and not queue.asked then
    queue.asked = true
    if expiries > 0 then expiries = expiries - expire(queue, expiries) end
    if promotions > 0 then promotions = promotions - promote(queue, promotions) end
    if queue.keyed > 0 or queue.reviewFrom then keys.openDue(queue, MOST_EFFECTS) end
  end
end
flush()

local reply = {0, '', 0, 0}
local claimed = {}
local taken = 0
if session.lease > 0 and not session.quiet then
  for i = 1, claimCount do
    local queue = claims[i].queue
    local most = math.min(claims[i].most, slots + prefetch - taken)
    if most > 0 and isClaimable(queue) then most = math.min(most, budgetOf(queue)) else most = 0 end
    if most > 0 then
      local at = #claimed
      claimed[at + 1], claimed[at + 2] = i - 1, 0
      local count = claimFrom(queue, most, slots - taken, claimed)
      claimed[at + 2] = count
      if count == 0 then claimed[at + 1], claimed[at + 2] = nil, nil end
      taken = taken + count
    end
    if queue.journal and queue.limitsKept then queue.journal.tellLimit(queue, budgetOf(queue), limiting.nextPermit(queue)) end
  end
end

-- How long until the queues may have (more) work for this session.
local earliest = NEVER
if not session.quiet then
  if hasEffects then earliest = now end -- whoever comes next tells what is left to tell
  for i = 1, claimCount do
    local queue = claims[i].queue
    if queue.known then earliest = math.min(earliest, nextWorkAt(queue, hasWorkFor(queue))) end
  end
end

local settled = concat(outcomes)
if taken > 0 or #outcomes > 0 then keep(settled) end
finishStep()

reply[2] = settled
reply[3] = earliest == NEVER and -1 or math.max(0, earliest - now)
if session.wide and not session.quiet then
  local names = readyQueues(claims)
  reply[4] = #names
  for i = 1, #names do reply[4 + i] = names[i] end
end
local from = #reply + 1
reply[from] = now
for i = 1, #claimed do reply[from + i] = claimed[i] end
return reply
