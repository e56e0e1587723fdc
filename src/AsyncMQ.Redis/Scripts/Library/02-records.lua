-- Needs: 01-step
-- The record of a job: one field of the hash jobs:<queue>, by id. Fixed fields first, in network order, then texts. From 81 on it is as the add came, so that
-- to store one is to put a front before it; what a claim tells stands together.
--    1 state  2 bits  3 at  11 attempt  15 session  23 started  31 length of worker  33 lane  37 sequence of the claim  45 handle
--   53 stalls  57 sequence  65 added  73 expires  81 bits of the add, of no meaning any more  82 priority  86 flags  87 time-to-live  95 length of name
--   97 stamp  105 name, body (envelope and payload, opaque; in the hash body:<queue> when it is large), worker
-- Its place among those that are active, or have ended, is its score in the sorted set of that state: no record says it once more.

local FIELDS = '>BBI8I4I8I8I2I4I8I8I4I8I8I8Bi4BI8I2'
local FIXED = 104

-- Bits of the second byte: what else there is of the job.
local CANCELLING, PARKED, LARGE, RESULT, ERROR, PROGRESS, ATTEMPTS, LOGS = 1, 2, 4, 8, 16, 32, 64, 128
local EXTRAS = {[RESULT] = 'r', [ERROR] = 'e', [PROGRESS] = 'p', [ATTEMPTS] = 'a', [LOGS] = 'l'}

-- States, as in JobState.
local WAITING, ACTIVE, DELAYED, CHILDREN, COMPLETED, FAILED, EXPIRED, CANCELLED = 0, 1, 2, 3, 4, 5, 6, 7

-- Flags, as in JobFlags.
local DEDUPLICATION, KEYED, MORTAL, DEPENDENTS, WATCHED, CUSTOM, WANTED, LINKED = 1, 2, 4, 8, 16, 32, 64, 128

-- A small sorted set is a list to the server, which every write walks. One member too long for a list makes it what a large one is, for good: so jobs that
-- are claimed many at a time are not searched for one by one. It stands behind all others in the set of active jobs, and is none of them.
local BALLAST, BALLAST_SCORE = string.rep('-', 65), 'inf'

local function countActive(key) return call('ZCOUNT', key, '-inf', '(inf') end

local function has(bits, one) return bit.band(bits, one) ~= 0 end

-- A record as a table; nothing when it is damaged.
local function decode(queue, id, record)
  if #record < FIXED or byte(record) > CANCELLED then return nil end
  local state, bits, at, attempt, holder, started, workerLength, lane, claim, handle, stalls, sequence, added, expires, _, priority, flags, ttl,
    nameLength = unpackFields(FIELDS, record)
  local texts = #record - workerLength
  return {
    queue = queue, id = id, state = state, bits = bits, at = at, holder = holder, lane = lane, claim = claim, handle = handle,
    started = started, attempt = attempt, stalls = stalls, sequence = sequence, priority = priority, flags = flags, added = added, ttl = ttl,
    expires = expires, nameLength = nameLength, stamp = sub(record, 97, 104), rest = sub(record, 105, texts), worker = sub(record, texts + 1)
  }
end

local function encode(job)
  return pack(FIELDS, job.state, job.bits, job.at, job.attempt, job.holder, job.started, #job.worker, job.lane, job.claim, job.handle,
    job.stalls, job.sequence, job.added, job.expires, 0, job.priority, job.flags, job.ttl, job.nameLength) .. job.stamp .. job.rest .. job.worker
end

local function nameOf(job) return sub(job.rest, 1, job.nameLength) end

-- Members of sorted sets whose ties are broken by a number: eight bytes of it, in network order, before the id.
local function member(value, id) return pack('>I8', value) .. id end

local function idOf(member) return sub(member, 9) end
