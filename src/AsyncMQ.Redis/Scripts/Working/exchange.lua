-- Needs: 01-step, 02-records, 03-batches, 03-queues, 04-storing, 05-keys, 06-limits, 06-moves, 06-spreading, 07-ready, 08-claims, 08-turns, 09-time
-- One round trip of a worker: settles, tells dependents, expires, promotes, claims.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 slots, 5 prefetch, 6 how many claims, then each: queue, most;
--   then how many groups of settlements, each: queue, how many, and either lane and sequence of a claim of this session (four and eight bytes, and a byte more
--   when some of them have keys), the places of its jobs (eight bytes each), and their ids: jobs that completed without a result, and whose flags ask for nothing
--   at their end; or '', then each: id, control, and the data when control says so.
--   Control: lane, sequence, place of the claim; kind; bits 1 the token is of this session, 2 data follows; delay.
-- Reply: {0 or 3, outcomes, microseconds until work or -1, number of ready queues, their names ..., now,
--   then for each queue claimed from: number of the claim, how many, the place of the first, from which the others are counted, then each: id, record, and the
--   body when it is apart}.
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
      reply[#reply + 1] = math.floor(job.place)
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

local CLAIM_SIZE = 12
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

-- Jobs that complete without a result, and whose flags ask for nothing then, as most do: they go from one sorted set to another, and a batch has the rest.
local plain = {}

-- The record is given where it has something to say: of its key, or to those who listen; and its key, when it has one.
local function completePlain(queue, id, batch, record, key)
  local list = plain[queue]
  if not list then
    list = {ids = {}, ended = {}, runs = {}}
    plain[queue] = list
  end
  local count, number = #list.ids + 1, nextNumber()
  list.ids[count] = id
  list.ended[2 * count - 1] = text(number)
  list.ended[2 * count] = id
  local run = list.run
  if not run or run.batch ~= batch then
    run = {batch = batch, first = number}
    list.run, list.runs[#list.runs + 1] = run, run
  end
  run.last = number
  if queue.journal and record and #record >= FIXED then queue.journal.tellRecord('Completed', queue, id, record, {attempt = unpackFields('>I4', record, 11) + 1, state = COMPLETED}) end
  if key then keys.finish(queue, key, record) end
end

function flushPlain()
  for queue, list in pairs(plain) do
    call('ZREM', queue.activeKey, unpack(list.ids))
    call('ZADD', endedKey(queue, COMPLETED), unpack(list.ended))
    for _, run in ipairs(list.runs) do
      keepBatch(queue.name, run.first, run.last, COMPLETED, run.batch.isPlain, claimOf(run.batch))
      leaveBatch(queue, run.batch)
    end
    queue.ends[COMPLETED] = (queue.ends[COMPLETED] or 0) + #list.ids
    if queue.limitsKept and limitsOf(queue).bounds then queue.freed = true end
    queue.left = true
    touch(queue)
  end
end

-- A job that the session holds. Without a control it is plain as far as the worker knows; its place tells whether anything was written of it since.
local function settleHeld(queue, id, place, batch, record, key, control, data)
  local kind, bits, delay = COMPLETE, 1, 0
  if control then
    kind, bits, delay = unpackFields('>BBI8', control, 21)
    if bits % 2 == 0 or not record or #record < FIXED then return LOST end
  end
  if place % 1 == 0 and not queue.dirty[id]
    and (not control or (kind == COMPLETE and bits == 1 and byte(record) == WAITING and not has(byte(record, 86), MATTERS_AT_END))) then
    completePlain(queue, id, batch, record, key)
    return APPLIED
  end

  if record and queue.jobs[id] == nil then queue.jobs[id] = jobOf(queue, id, record, place) or false end
  local job = find(queue, id)
  if not job then return LOST end
  if plain[queue] then plain[queue].run = nil end -- an end that is told otherwise is not among those of a batch
  return settling.settle(job, kind, data or '', delay)
end

-- The keys of jobs, by where their records stand.
local function keysIn(queue, records)
  local found, names = {}, {}
  for i = 1, #records do
    local record = records[i]
    if record and #record >= FIXED and has(byte(record, 86), KEYED) then
      found[i] = keys.inRecord(record)
      names[#names + 1] = found[i]
    end
  end
  if #names > 0 then keys.loadToFree(queue, names) end
  return found
end

-- Settlements of one queue, in order: plain ones of one claim, or any.
function settleGroup(outcomes)
  local queue, count, claim = queueOf(nextArgument()), tonumber(nextArgument()), nextArgument()
  local held = claim ~= '' and nextArgument()
  local ids, controls, datas = {}, {}, {}
  for i = 1, count do
    ids[i] = nextArgument()
    if not held then
      controls[i] = nextArgument()
      if has(byte(controls[i], 22), 2) then datas[i] = nextArgument() end
    end
  end
  local places = call('ZMSCORE', queue.activeKey, unpack(ids))
  local haveKeys = held and #claim > CLAIM_SIZE
  local records = (not held or haveKeys or queue.journal) and call('HMGET', queue.jobsKey, unpack(ids)) or {}
  local names = queue.hasKeys and (haveKeys or not held) and keysIn(queue, records) or {}
  if haveKeys then claim = sub(claim, 1, CLAIM_SIZE) end

  queue.settled = queue.settled or {}
  local settled, own = queue.settled, pack('>I8', session.number)
  for i = 1, count do
    local id, control, place, outcome = ids[i], controls[i], tonumber(places[i] or nil), LOST
    local batch = place and not settled[id] and batchAt(queue.name, place)
    if batch and batch.holder == own and batch.claim == (control and sub(control, 1, 12) or claim)
      and place - place % 1 == unpackFields('>I8', held or control, held and 8 * i - 7 or 13) then
      outcome = settleHeld(queue, id, place, batch, records[i], names[i], control, datas[i])
      settled[id] = outcome ~= LOST
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
      claimed[at + 1], claimed[at + 2], claimed[at + 3] = i - 1, 0, 0
      local count, first = claimFrom(queue, most, slots - taken, claimed)
      claimed[at + 2], claimed[at + 3] = count, first
      if count == 0 then claimed[at + 1], claimed[at + 2], claimed[at + 3] = nil, nil, nil end
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
