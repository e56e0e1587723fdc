-- Needs: 01-step, 02-records
-- What a step tells of what it did, for those who listen. The list events has the latest, one entry each; told, in the installation's record, is the
-- position of the next one. What is wanted was joined in 15-subscribers.
-- While nobody listens, heard and the journal of a queue are nothing: look at one of them before anything of this is called. All is made when it is first
-- asked for, and names little from outside: each time it runs, a script pays for every function that it makes, and for its names from outside.
-- An event: kind, bits (1 queue, 2 id, 4 name, 8 text, 16 detail, 32 until, 64 manual, 128 lost), state, attempt, stalls, time, until, lengths of queue, id,
-- name, text and detail; then these, and its data.

local journal

do -- what follows and is not named above is seen here only: a script has room for two hundred names

local made

function journal()
  if made then return made end
  made = {}

  local call, root, sub, band = redis.call, KEYS[1], string.sub, bit.band
  local pack, unpackFields = struct.pack, struct.unpack
  local EVENT = '>I4BBI4I4I8I8I4I4I4I4I4'
  local MOST_KEPT, SLACK = 10000, 1000
  local MOST_READ = 100
  local DELAYED = 2

  -- As in JobEventKinds. A final state stands for its event: completed, failed, expired, cancelled.
  local KINDS = {
    Added = 1, Promoted = 2, Started = 4, Progressed = 8, Logged = 16, Completed = 32, Retrying = 64, Returned = 128, Failed = 256, Expired = 512,
    Cancelled = 1024, Stalled = 2048, Rescheduled = 4096, Deduplicated = 8192, Removed = 16384, QueuePaused = 32768, QueueResumed = 65536,
    QueueDrained = 131072, LimitReached = 262144, WorkerUp = 524288, WorkerDown = 1048576,
    [4] = 32, [5] = 256, [6] = 512, [7] = 1024
  }

  local pending = {}
  local decided = {}   -- of each kind: true: wanted wherever it happens, false: nowhere, 0: it depends
  local _, all, ofQueues, ofJobs = unpackFields('>I8I4I4I4', heard.wanted)

  -- Kinds by place, queue NUL id, either empty for any; all of them, when they are few.
  local interests, places, hasAllPlaces = root .. 'interests', {}, false
  if ofQueues + ofJobs > 0 and call('HLEN', interests) <= MOST_READ then
    local kept = call('HGETALL', interests)
    for i = 1, #kept, 2 do places[kept[i]] = tonumber(kept[i + 1]) end
    hasAllPlaces = true
  end

  local function isWantedAt(place, kind)
    local wanted = places[place]
    if not wanted then
      wanted = not hasAllPlaces and tonumber(call('HGET', interests, place)) or 0
      places[place] = wanted
    end
    return band(wanted, kind) ~= 0
  end

  local function wants(word, queue, id)
    local answer = decided[word]
    if answer == nil then
      local kind = KINDS[word]
      answer = band(all, kind) ~= 0 or (band(ofQueues, kind) ~= 0 or band(ofJobs, kind) ~= 0) and 0
      decided[word] = answer
    end
    if answer ~= 0 then return answer end

    local kind = KINDS[word]
    if queue and band(ofQueues, kind) ~= 0 and isWantedAt(queue .. '\0', kind) then return true end
    if not id or band(ofJobs, kind) == 0 then return false end
    return isWantedAt((queue or '') .. '\0' .. id, kind) or isWantedAt('\0' .. id, kind)
  end

  local function write(word, queue, id, more)
    local name, written, detail = more.name, more.text, more.detail
    local bits = (queue and 1 or 0) + (id and 2 or 0) + (name and 4 or 0) + (written and 8 or 0) + (detail and 16 or 0) + (more.till and 32 or 0)
      + (more.manual and 64 or 0) + (more.lost and 128 or 0)
    queue, id, name, written, detail = queue or '', id or '', name or '', written or '', detail or ''
    pending[#pending + 1] = pack(EVENT, KINDS[word], bits, more.state or 0, more.attempt or 0, more.stalls or 0, now, more.till or 0,
      #queue, #id, #name, #written, #detail) .. queue .. id .. name .. written .. detail .. (more.data or '')
  end

  made.wants = wants

  -- Tells an event, if somebody wants it. Of a queue, by name, or none; of a job, or none; and what more there is of it: name, state, attempt, stalls, till,
  -- text, detail, data, manual, lost.
  function made.tell(word, queue, id, more)
    if wants(word, queue, id) then write(word, queue, id, more) end
  end

  -- What happened to a job, which is in its new state already; and what more there is.
  function made.tellJob(word, job, more)
    if not wants(word, job.queue.name, job.id) then return end
    more = more or {}
    more.name, more.attempt, more.state = sub(job.rest, 1, job.nameLength), job.attempt, more.state or job.state
    if more.state == DELAYED then more.till = job.at end
    write(word, job.queue.name, job.id, more)
  end

  -- The same of a job that nobody took apart: its record, and what more there is, among it the state.
  function made.tellRecord(word, queue, id, record, more)
    if not wants(word, queue.name, id) then return end
    more.name = sub(record, 105, 104 + unpackFields('>I2', record, 95))
    more.attempt = more.attempt or unpackFields('>I4', record, 11)
    write(word, queue.name, id, more)
  end

  -- The same of an add, by its blob.
  function made.tellAdd(word, queue, id, blob, more)
    if not wants(word, queue.name, id) then return end
    more.name = sub(blob, 25, 24 + unpackFields('>I2', blob, 15))
    write(word, queue.name, id, more)
  end

  -- At the end of a step, of a queue that jobs have left: nothing waits and nothing runs in it any more.
  function made.tellDrained(queue)
    if queue.parked > 0 or queue.keyed > 0 or not wants('QueueDrained', queue.name) then return end
    if call('EXISTS', queue.waitingKey) == 0 and countActive(queue.activeKey) == 0 then write('QueueDrained', queue.name, nil, {}) end
  end

  -- After a claim: tells once that a queue's limits hold jobs back, until they do not. The budget is what they leave.
  function made.tellLimit(queue, budget, till)
    if not wants('LimitReached', queue.name) then return end
    local isReached = budget == 0 and not queue.closed and queue.pausedUntil <= now and (queue.parked > 0 or queue.keyed > 0 or call('EXISTS', queue.waitingKey) == 1)
    if isReached == (call('HEXISTS', queue.record, 'limitTold') == 1) then return end
    if isReached then
      call('HSET', queue.record, 'limitTold', 1)
      write('LimitReached', queue.name, nil, {till = till})
    else
      call('HDEL', queue.record, 'limitTold')
    end
  end

  -- The same of keys, at the end of a step.
  function made.tellKeys(queue)
    for i = 1, #queue.reached do made.tell('LimitReached', queue.name, nil, {text = queue.reached[i].name, till = queue.reached[i].till}) end
  end

  -- Writes what was told, and drops what is old, many at once.
  function made.flush()
    if #pending == 0 then return end
    local key = root .. 'events'
    bulk('RPUSH', key, pending)
    call('HSET', root, 'told', heard.told + #pending)
    if call('LLEN', key) > MOST_KEPT + SLACK then call('LTRIM', key, -MOST_KEPT, -1) end
    tell('V')
  end

  return made
end

end
