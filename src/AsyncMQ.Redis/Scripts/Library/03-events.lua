-- Needs: 01-step, 02-records
-- What a step tells of what it did, for those who listen. The list events has the latest, one entry each; told, in the installation's record, is the
-- position of the next one. What is wanted was joined in 15-subscribers. While heard is false nobody listens: look at it first, nothing is to be called then.
-- An event: kind, bits (1 queue, 2 id, 4 name, 8 text, 16 detail, 32 until, 64 manual, 128 lost), state, attempt, stalls, time, until, lengths of queue, id,
-- name, text and detail; then these, and its data.

local wants, tellEvent, tellJob, tellRecord, flushEvents

do -- what follows and is not named above is seen here only: a script has room for two hundred names

local EVENT = '>I4BBI4I4I8I8I4I4I4I4I4'
local MOST_KEPT, SLACK = 10000, 1000
local MOST_READ = 100

local pending = {}
local kinds                   -- as in JobEventKinds; a final state stands for its event
local all, ofQueues, ofJobs   -- the kinds that are wanted wherever they happen, of some queue, of some job
local places, hasAllPlaces    -- queue NUL id to kinds; id empty: any

local function learn()
  kinds = {
    Added = 1, Promoted = 2, Started = 4, Progressed = 8, Logged = 16, Completed = 32, Retrying = 64, Returned = 128, Failed = 256, Expired = 512,
    Cancelled = 1024, Stalled = 2048, Rescheduled = 4096, Deduplicated = 8192, Removed = 16384, QueuePaused = 32768, QueueResumed = 65536,
    QueueDrained = 131072, LimitReached = 262144, WorkerUp = 524288, WorkerDown = 1048576,
    [COMPLETED] = 32, [FAILED] = 256, [EXPIRED] = 512, [CANCELLED] = 1024
  }
  places, hasAllPlaces = {}, false
  local _
  _, all, ofQueues, ofJobs = unpackFields('>I8I4I4I4', heard)
  if ofQueues + ofJobs > 0 and call('HLEN', root .. 'interests') <= MOST_READ then
    local kept = call('HGETALL', root .. 'interests')
    for i = 1, #kept, 2 do places[kept[i]] = tonumber(kept[i + 1]) end
    hasAllPlaces = true
  end
end

local function isWantedAt(place, kind)
  local wanted = places[place]
  if not wanted then
    wanted = not hasAllPlaces and tonumber(call('HGET', root .. 'interests', place)) or 0
    places[place] = wanted
  end
  return has(wanted, kind)
end

-- Whether somebody wants to hear this of a queue, by name, or none, and of a job, or none.
function wants(word, queue, id)
  if not kinds then learn() end
  local kind = kinds[word]
  if has(all, kind) then return true end
  if queue and has(ofQueues, kind) and isWantedAt(queue .. '\0', kind) then return true end
  if not id or not has(ofJobs, kind) then return false end
  return isWantedAt((queue or '') .. '\0' .. id, kind) or isWantedAt('\0' .. id, kind)
end

local function write(word, queue, id, more)
  local name, written, detail = more.name, more.text, more.detail
  local bits = (queue and 1 or 0) + (id and 2 or 0) + (name and 4 or 0) + (written and 8 or 0) + (detail and 16 or 0) + (more.till and 32 or 0)
    + (more.manual and 64 or 0) + (more.lost and 128 or 0)
  queue, id, name, written, detail = queue or '', id or '', name or '', written or '', detail or ''
  pending[#pending + 1] = pack(EVENT, kinds[word], bits, more.state or 0, more.attempt or 0, more.stalls or 0, now, more.till or 0,
    #queue, #id, #name, #written, #detail) .. queue .. id .. name .. written .. detail .. (more.data or '')
end

-- Tells an event, if somebody wants it. Of a queue, by name, or none; of a job, or none; and what more there is of it: name, state, attempt, stalls, till,
-- text, detail, data, manual, lost.
function tellEvent(word, queue, id, more)
  if wants(word, queue, id) then write(word, queue, id, more) end
end

-- What happened to a job, which is in its new state already; and what more there is.
function tellJob(word, job, more)
  if not wants(word, job.queue.name, job.id) then return end
  more = more or {}
  more.name, more.attempt, more.state = nameOf(job), job.attempt, more.state or job.state
  if more.state == DELAYED then more.till = job.at end
  write(word, job.queue.name, job.id, more)
end

-- The same of a job that nobody took apart: its record, and what more there is, among it the state.
function tellRecord(word, queue, id, record, more)
  if not wants(word, queue.name, id) then return end
  more.name = sub(record, 112, 111 + unpackFields('>I2', record, 102))
  more.attempt = more.attempt or unpackFields('>I4', record, 19)
  write(word, queue.name, id, more)
end

-- Writes what was told, and drops what is old, many at once.
function flushEvents()
  if #pending == 0 then return end
  local key = root .. 'events'
  bulk('RPUSH', key, pending)
  told = told + #pending
  call('HSET', root, 'told', told)
  if call('LLEN', key) > MOST_KEPT + SLACK then call('LTRIM', key, -MOST_KEPT, -1) end
  tell('V')
end

end
