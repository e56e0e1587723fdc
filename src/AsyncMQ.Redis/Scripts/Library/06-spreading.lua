-- Needs: 01-step, 02-records, 03-queues, 04-storing, 05-links, 06-moves
-- The ends of jobs that others depend on, told to these in bounded steps: they are released, or fail and so spread further. A cascade of any depth is a longer
-- list, not a deeper stack. And a person's word on a job with dependencies: its retry, and its release in spite of them.

lazily(links, function()

local call, unpackFields, sub, root = redis.call, struct.unpack, string.sub, KEYS[1]
local WAITING, CHILDREN, COMPLETED, FAILED, CANCELLED = 0, 3, 4, 5, 7 -- as in JobState
local DEPENDENTS, LINKED, ERROR = 8, 128, 16                         -- as in JobFlags, and a bit of the record
local function has(bits, one) return bit.band(bits, one) ~= 0 end

local OPEN, SATISFIED, BROKEN = 0, 1, 2 -- as in DependencyStatus
local FAIL, WAIT = 0, 2                 -- as in OnDependencyFailure
local MOST_TOLD = 1000
local DAMAGED = '{"type":"DependencyFailed","message":"The record of what this job depends on is missing."}'

-- Held back by what it depends on: its time-to-live counts from its release.
function links.hold(job)
  moves.leave(job)
  job.state, job.at, job.expires = CHILDREN, now, 0
  zadd(root .. 'children:' .. job.queue.name, job.handle, job.id)
  change(job)
end

-- Nothing holds the job back any more: its delay and its time-to-live count from now.
local function release(job, link)
  if job.ttl > 0 then job.expires = now + job.ttl end
  local due = dueTime(link.due)
  if due > now then moves.toDelayed(job, due) else moves.toWaiting(job) end
  if job.queue.journal then job.queue.journal.tellJob('Promoted', job) end
end

local function failWith(job, failure)
  setExtra(job, ERROR, failure)
  moves.finish(job, FAILED, failure)
end

-- A dependent hears how a dependency ended. One that ended meanwhile only keeps how the two stand, for the case that it is retried.
local function decide(job, edge, outcome, queue, id)
  local link = links.of(job)
  if not link then
    if job.state == CHILDREN then failWith(job, DAMAGED) end
    return
  end

  local status = links.standing(outcome, link.policy)
  if status == OPEN then return end
  links.stand(job, link, edge, status)
  links.write(job, link)
  if job.state ~= CHILDREN then return end
  if status == BROKEN and link.policy == FAIL then
    failWith(job, links.errorOf(queue, id, outcome))
  elseif link.open == 0 then
    release(job, link)
  end
end

local function split(ref)
  local cut = string.find(ref, '\0', 1, true)
  return sub(ref, 1, cut - 1), sub(ref, cut + 1)
end

-- The jobs of open edges, read together.
local function dependentsOf(found, most)
  local dependents, ids = {}, {}
  for i = 1, math.min(most, #found / 2) do
    local name, id = split(sub(found[2 * i - 1], 3))
    dependents[i] = {queue = queueOf(name), id = id, place = unpackFields('>I2', found[2 * i - 1]), handle = tonumber(found[2 * i])}
    ids[name] = ids[name] or {}
    ids[name][#ids[name] + 1] = id
  end
  for name, list in pairs(ids) do load(queueOf(name), list) end
  return dependents
end

-- How far the first entry of the list was told by earlier steps: its number, and the last dependent that heard of it.
local told
local function toldUntil(number)
  if not told then
    local kept = call('HMGET', root, 'effectOf', 'effectTold')
    told = {of = kept[1] and tonumber(kept[1]), dependent = kept[2]}
  end
  return told.of == number and '(' .. told.dependent or '-inf'
end

-- Tells an end to at most so many dependents. Gives how many heard it.
local function tellEnd(entry, number, most)
  local handle, outcome = unpackFields('>I8B', entry)
  if outcome > CANCELLED then outcome = nil end
  local queue, id = split(sub(entry, 10))
  local key = links.dependentsKey(handle)
  if adding[key] or removing[key] then flush() end
  local found = call('ZRANGE', key, toldUntil(number), '+inf', 'BYSCORE', 'LIMIT', 0, most + 1, 'WITHSCORES')
  local dependents = dependentsOf(found, most)
  for i = 1, #dependents do
    local dependent = dependents[i]
    local job = find(dependent.queue, dependent.id)
    if job and job.handle == dependent.handle then decide(job, {place = dependent.place, handle = handle}, outcome, queue, id) end
  end
  if #found / 2 > most then
    told = {of = number, dependent = found[2 * most]}
    call('HSET', root, 'effectOf', number, 'effectTold', told.dependent)
  else
    call('ZREM', links.effects, entry)
  end
  return math.max(1, #dependents)
end

-- Works the list off, so many dependents in a step. Costs nothing while it is empty.
function links.spread()
  if not hasEffects then return end
  flush()
  links.effectsChanged = true
  local budget = MOST_TOLD
  while budget > 0 do
    local first = call('ZRANGE', links.effects, 0, 0, 'WITHSCORES')
    if not first[1] then break end
    budget = budget - tellEnd(first[1], tonumber(first[2]), budget)
  end
  flush()
  hasEffects = call('EXISTS', links.effects) == 1
end

-- The state of a dependency; nothing: it was removed. One that is gone may have completed before, without having told it yet.
local function stateOf(edge)
  if edge.handle == 0 then return nil end
  local job = find(queueOf(edge.queue), edge.id)
  if job and job.handle == edge.handle then return job.state end
  if hasEffects and edge.status == OPEN and call('ZSCORE', links.effects, links.effect(edge.handle, COMPLETED, edge.queue .. '\0' .. edge.id)) then
    return COMPLETED
  end
  return nil
end

-- Whether one of its dependencies would fail a job at once, were it retried now.
function links.wouldFailAgain(job)
  local link = has(job.flags, LINKED) and links.of(job)
  if not link or link.policy ~= FAIL then return false end
  for _, edge in ipairs(links.edgesOf(job, link)) do
    if edge.status ~= SATISFIED and links.standing(stateOf(edge), link.policy) == BROKEN then return true end
  end
  return false
end

-- A job that has ended is retried: what of its end was not told yet is taken back, and it decides anew on what it depends on. True when that holds it back.
function links.reopen(job)
  if has(job.flags, DEPENDENTS) and hasEffects then
    call('ZREM', links.effects, links.effect(job.handle, job.state, refOf(job)))
    links.effectsChanged = true
  end
  local link = has(job.flags, LINKED) and links.of(job)
  if not link then return false end

  if link.flow ~= '' then links.countInFlow(link.flow, job, job.state, WAITING) end
  for _, edge in ipairs(links.edgesOf(job, link)) do
    links.countUnended(edge.handle, 1)
    if edge.status ~= SATISFIED then links.stand(job, link, edge, links.standing(stateOf(edge), link.policy)) end
  end
  links.write(job, link)
  return link.open > 0
end

local function waitsForPerson(edge, policy)
  local state = stateOf(edge)
  if not state then return policy == WAIT end
  return state >= COMPLETED and links.standing(state, policy) == OPEN
end

-- Releases a job when nothing but a person can: none of its open dependencies will end, or is about to be told.
function links.tryLetGo(job)
  local link = links.of(job)
  if not link then return false end
  local edges = links.edgesOf(job, link)
  for _, edge in ipairs(edges) do
    if edge.status == OPEN and not waitsForPerson(edge, link.policy) then return false end
  end
  for _, edge in ipairs(edges) do
    if edge.status == OPEN then links.stand(job, link, edge, BROKEN) end
  end
  links.write(job, link)
  release(job, link)
  return true
end

end)
