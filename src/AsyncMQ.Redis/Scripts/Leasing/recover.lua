-- Needs: 01-step, 02-records, 03-events, 03-queues, 04-storing, 06-moves, 06-spreading, 07-ready, 08-claims, 10-leases
-- Declares sessions past their lease dead, and takes back claims of dead ones.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 most, 5 most stalls, 6 error, then of queues with a limit of their own: queue, most stalls.
-- Reply: {0 or 3, packed}: how many sessions died, their names; how many jobs, each queue, id, state, stalls; whether there is more.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local most, failure = tonumber(ARGV[4]), ARGV[6]
local limits = {}
for i = 7, #ARGV, 2 do limits[ARGV[i]] = tonumber(ARGV[i + 1]) end

local function text2(value) return pack('>I2', #value) .. value end

local dead, taken = {}, {}
local more = 0
if isRecoveryAllowed() then
  local expired = {}
  for _, id in ipairs(call('ZRANGE', root .. 'sessions', '-inf', now, 'BYSCORE')) do
    local kept = call('HMGET', root .. 'session:' .. id, 'number', 'name')
    if kept[1] then expired[#expired + 1] = {id = id, number = tonumber(kept[1]), name = kept[2]} end
  end
  table.sort(expired, function(one, other) return one.number < other.number end)
  for _, gone in ipairs(expired) do
    rarely.endSession(gone.id, gone.number, true)
    dead[#dead + 1] = text2(gone.name)
    tell('M' .. gone.id)
    if heard then journal().tell('WorkerDown', nil, gone.id, {name = gone.name, lost = true}) end
  end

  local function takeBack(job)
    local cancelled = has(job.bits, CANCELLING)
    moves.recordAttempt(job, 3, failure)
    job.attempt, job.stalls = job.attempt - 1, job.stalls + 1
    if heard then journal().tellJob('Stalled', job, {state = WAITING, stalls = job.stalls, text = job.worker, data = failure}) end
    if cancelled then
      moves.finish(job, CANCELLED)
    elseif job.stalls > (limits[job.queue.name] or tonumber(ARGV[5])) then
      if #failure > 0 then setExtra(job, ERROR, failure) else dropExtra(job, ERROR) end
      moves.finish(job, FAILED, failure)
    else
      moves.backToWaiting(job)
    end
    taken[#taken + 1] = text2(job.queue.name) .. text2(job.id) .. pack('>BI4', job.state, job.stalls)
  end

  for _, id in ipairs(call('ZRANGE', root .. 'dead', 0, -1)) do
    local holder = tonumber(call('HGET', root .. 'session:' .. id, 'number'))
    local claims = rarely.claimsOf(holder)
    local room = most - #taken
    for i = 1, math.min(room, #claims) do takeBack(claims[i]) end
    flush()
    if #claims > room then
      more = 1
      break
    end
    -- Claims that are left are of records that cannot be read: they stay where they are, for people to see.
    call('ZREM', root .. 'dead', id)
    call('DEL', root .. 'session:' .. id, root .. 'claims:' .. text(holder))
    call('HDEL', root .. 'numbers', text(holder))
  end
end

if hasEffects then links.spread() end
local reply = keep(pack('>I4', #dead) .. concat(dead) .. pack('>I4', #taken) .. concat(taken) .. char(more))
finishStep()
return {0, reply}
