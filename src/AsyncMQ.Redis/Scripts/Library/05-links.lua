-- Needs: 01-step, 02-records, 03-queues
-- How jobs hang together, as in DependencyRules. A job that depends on others or belongs to a flow has two fields in extra:<queue>. x, what changes: its
-- policy, how many of its edges are open, when it is due as its add told it, its flow, and a byte for each edge, how the two stand. y, what does not
-- change: for each edge the handle of the dependency (zero: there was no record at the add), its queue and its id.
-- What others depend on is known by its handle, so that a later job with its id is another one: dependents:<handle> has the edges that are open, in order
-- of the dependents, and a field of the hash unended how many dependents, open or not, have not ended.

lazily(links, function()

local call, pack, unpackFields, sub, byte, char = redis.call, struct.pack, struct.unpack, string.sub, string.byte, string.char
local root, MOST = KEYS[1], 4000
local WAITING, COMPLETED, FAILED, EXPIRED, CANCELLED = 0, 4, 5, 6, 7 -- as in JobState
local DEPENDENTS, LINKED = 8, 128                                   -- as in JobFlags
local function has(bits, one) return bit.band(bits, one) ~= 0 end
local function text(value) return string.format('%.0f', value) end

local OPEN, SATISFIED, BROKEN = 0, 1, 2 -- as in DependencyStatus
local WAIT = 2                          -- as in OnDependencyFailure
local LINK, EDGE, GONE = '>BI4BI2', '>I8I2I2', 255

links.effects = root .. 'effects'

function links.dependentsKey(handle) return root .. 'dependents:' .. text(handle) end

-- What a job has in field x; nothing when it is missing.
function links.of(job)
  local field = 'x' .. job.id
  local kept = job.queue.extras[field] or call('HGET', job.queue.extraKey, field)
  if not kept then return nil end
  local policy, open, due, flow = unpackFields(LINK, kept)
  return {
    policy = policy, open = open, due = sub(kept, 9, 8 + due), flow = sub(kept, 9 + due, 8 + due + flow), statuses = sub(kept, 9 + due + flow)
  }
end

function links.write(job, link)
  job.queue.extras['x' .. job.id] = pack(LINK, link.policy, link.open, #link.due, #link.flow) .. link.due .. link.flow .. link.statuses
end

-- The edges of a dependent, in the order given.
function links.edgesOf(job, link)
  local field = 'y' .. job.id
  local kept = #link.statuses > 0 and (job.queue.extras[field] or call('HGET', job.queue.extraKey, field))
  local edges = {}
  if not kept then return edges end
  local at = 1
  for place = 1, #link.statuses do
    local handle, queueLength, idLength = unpackFields(EDGE, kept, at)
    local id = at + 12 + queueLength
    edges[place] = {
      place = place, handle = handle, queue = sub(kept, at + 12, id - 1), id = sub(kept, id, id + idLength - 1), status = byte(link.statuses, place)
    }
    at = id + idLength
  end
  return edges
end

-- How an edge is kept in field y.
function links.newEdge(handle, queue, id) return pack(EDGE, handle, #queue, #id) .. queue .. id end

-- How a job stands to a dependency in this state; nothing: it was removed.
function links.standing(dependency, policy)
  if dependency == COMPLETED then return SATISFIED end
  if dependency and dependency < COMPLETED then return OPEN end
  return policy == WAIT and OPEN or BROKEN
end

-- Among those that wait for the dependency: the place of the edge, queue NUL id of the dependent, by the dependent's handle.
local function openEdge(job, edge, isOpen)
  if edge.handle == 0 then return end
  job.ref = job.ref or refOf(job)
  local name = pack('>I2', edge.place) .. job.ref
  if isOpen then zadd(links.dependentsKey(edge.handle), job.handle, name) else zrem(links.dependentsKey(edge.handle), name) end
end

-- Changes how a job stands to a dependency, or tells it of a new edge. The link is to be kept then.
function links.stand(job, link, edge, status)
  local before = edge.place <= #link.statuses and byte(link.statuses, edge.place) or SATISFIED
  link.statuses = sub(link.statuses, 1, edge.place - 1) .. char(status) .. sub(link.statuses, edge.place + 1)
  if status == before then return end
  if before == OPEN then
    link.open = link.open - 1
    openEdge(job, edge, false)
  elseif status == OPEN then
    link.open = link.open + 1
    openEdge(job, edge, true)
  end
end

-- The error of a dependent that fails because a dependency did not complete, as DependencyRules.ErrorOf has it.
local ENDS = {[FAILED] = 'failed', [EXPIRED] = 'expired', [CANCELLED] = 'was cancelled'}
local function escape(letter) return string.format('\\u%04x', byte(letter)) end

function links.errorOf(queue, id, outcome)
  local name = string.gsub(queue .. '/' .. id, '[%c"\\]', escape)
  return '{"type":"DependencyFailed","message":"Job ' .. name .. ', which this job depends on, '
    .. (ENDS[outcome] or 'was removed before it completed') .. '."}'
end

local unended = {} -- handle to how many more, until the end of the step

function links.countUnended(handle, more)
  if handle > 0 then unended[handle] = (unended[handle] or 0) + more end
end

-- How many dependents of a record have not ended: retention spares it for them.
function links.unendedOf(handle)
  return (unended[handle] or 0) + tonumber(call('HGET', root .. 'unended', text(handle)) or 0)
end

-- An entry in the list of ends that are to be told to dependents: handle, final state or that it was removed, queue NUL id; by a number, in order.
function links.effect(handle, outcome, ref) return pack('>I8B', handle, outcome or GONE) .. ref end

-- One that others depend on ends: they will hear of it. Removed after its end it has nothing new to tell.
local function noteEnd(job, after)
  local key = links.dependentsKey(job.handle)
  if adding[key] or removing[key] then flush() end
  if call('EXISTS', key) == 0 then return end
  call('ZADD', links.effects, nextNumber(), links.effect(job.handle, after, refOf(job)))
  hasEffects, links.effectsChanged = true, true
end

-- A linked job comes into a final state, or its record is removed: its own edges, its flow and its dependents hear of it. It has its state of before.
function links.ended(job, after)
  local before = job.state
  local link = has(job.flags, LINKED) and links.of(job)
  if link then
    if before < COMPLETED or not after then
      local edges = links.edgesOf(job, link)
      for i = 1, #edges do
        if before < COMPLETED then links.countUnended(edges[i].handle, -1) end
        if not after and edges[i].status == OPEN then openEdge(job, edges[i], false) end
      end
    end
    if link.flow ~= '' then links.countInFlow(link.flow, job, before, after) end
  end
  if has(job.flags, DEPENDENTS) and before < COMPLETED then noteEnd(job, after) end
end

-- Flows. The hash flow:<id>: number, stamp, added, unended, completed; the sorted set flowJobs:<id>: queue NUL id, by handle; the sorted set flows: their ids,
-- by number. A flow is kept as long as one of its jobs is on record.
local flowCounts, flowsLeft = {}, {}

function links.flowKey(id) return root .. 'flow:' .. id end

function links.flowJobsKey(id) return root .. 'flowJobs:' .. id end

local function count(flow, state, more)
  local counts = flowCounts[flow]
  if not counts then
    counts = {unended = 0, completed = 0}
    flowCounts[flow] = counts
  end
  if state == COMPLETED then
    counts.completed = counts.completed + more
  elseif state < COMPLETED then
    counts.unended = counts.unended + more
  end
end

function links.joinFlow(flow, job)
  zadd(links.flowJobsKey(flow), job.handle, refOf(job))
  count(flow, WAITING, 1)
end

-- A job of a flow goes from one state to another, or is removed.
function links.countInFlow(flow, job, before, after)
  count(flow, before, -1)
  if after then
    count(flow, after, 1)
  else
    zrem(links.flowJobsKey(flow), refOf(job))
    flowsLeft[flow] = true
  end
end

-- Flows that may have lost their last job.
function links.tidyFlows()
  if next(flowsLeft) == nil then return end
  flush()
  for flow in pairs(flowsLeft) do
    if call('EXISTS', links.flowJobsKey(flow)) == 0 then
      call('DEL', links.flowKey(flow))
      call('ZREM', root .. 'flows', flow)
      flowCounts[flow] = nil
    end
  end
  flowsLeft = {}
end

local function keepUnended()
  local handles = {}
  for handle, more in pairs(unended) do
    if more ~= 0 then handles[#handles + 1] = text(handle) end
  end
  local set, delete = {}, {}
  for from = 1, #handles, MOST do
    local last = math.min(from + MOST - 1, #handles)
    local kept = call('HMGET', root .. 'unended', unpack(handles, from, last))
    for i = from, last do
      local total = tonumber(kept[i - from + 1] or 0) + unended[tonumber(handles[i])]
      if total > 0 then
        set[#set + 1] = handles[i]
        set[#set + 1] = total
      else
        delete[#delete + 1] = handles[i]
      end
    end
  end
  bulk('HSET', root .. 'unended', set)
  bulk('HDEL', root .. 'unended', delete)
  unended = {}
end

-- At the end of the step, when all else is written.
function links.keep()
  links.tidyFlows()
  for flow, counts in pairs(flowCounts) do
    if counts.unended ~= 0 then call('HINCRBY', links.flowKey(flow), 'unended', counts.unended) end
    if counts.completed ~= 0 then call('HINCRBY', links.flowKey(flow), 'completed', counts.completed) end
  end
  flowCounts = {}
  if next(unended) ~= nil then keepUnended() end
  if links.effectsChanged then
    -- The next step sees in the installation's record, which it reads anyway, that there is something to tell; whoever sleeps is woken to do it.
    if call('EXISTS', links.effects) == 1 then
      call('HSET', root, 'effects', 1)
      tell('C')
    else
      call('HDEL', root, 'effects', 'effectOf', 'effectTold')
    end
  end
end

end)
