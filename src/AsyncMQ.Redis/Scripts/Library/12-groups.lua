-- Needs: 01-step, 02-records, 03-queues, 04-storing, 05-links, 06-spreading
-- Groups with a flow or dependencies: what refuses or answers one before anything of it is written, and how its jobs are tied to what they depend on.

lazily(links, function()

local call, pack, unpackFields, sub, byte, char = redis.call, struct.pack, struct.unpack, string.sub, string.byte, string.char
local concat, root = table.concat, KEYS[1]
local FAILED, DEPENDENTS, LINKED, ERROR = 5, 8, 128, 16 -- as in JobState and JobFlags, and a bit of the record
local function has(bits, one) return bit.band(bits, one) ~= 0 end
local function text(value) return string.format('%.0f', value) end

local BROKEN, FAIL = 2, 0 -- as in DependencyStatus and OnDependencyFailure
local UNKNOWN_DEPENDENCY, UNKNOWN_FLOW, ID_TAKEN = char(1), char(3), char(4)

-- The flows of the groups: for each the length of its id (zero: none), and behind that the id, its stamp, and whether it is there already.
function links.readFlows(packed, groups)
  local flows, at = {}, 1
  for group = 1, groups do
    local length = unpackFields('>I2', packed, at)
    at = at + 2
    if length > 0 then
      local id = at + length
      flows[group] = {id = sub(packed, at, id - 1), stamp = sub(packed, id, id + 7), extends = byte(packed, id + 8) == 1}
      at = id + 9
    end
  end
  return flows
end

-- What a job depends on: its policy, then of each the number of its queue, and its id behind its length.
local function readDependencies(add, queuesOf)
  local packed = add.links
  if not packed then return end
  local list, at = {}, 2
  add.policy = byte(packed)
  while at <= #packed do
    local number, length = unpackFields('>I2I2', packed, at)
    local queue, id = queuesOf[number], sub(packed, at + 4, at + 3 + length)
    list[#list + 1] = {queue = queue, id = id, ref = queue.name .. '\0' .. id}
    at = at + 4 + length
  end
  add.dependsOn = list
end

-- The state that a tombstone tells.
local function buriedState(queue, id)
  local tomb = call('HGET', queue.tombsKey, id)
  if not tomb then return nil end
  local till, state = unpackFields('>I8B', tomb)
  return till > now and state or nil
end

local function isKnown(dependency)
  local queue, id = dependency.queue, dependency.id
  return (queue.fresh and queue.fresh.has[id]) or find(queue, id) or buriedState(queue, id)
end

-- Reads what is depended on and is not of the group.
local function loadDependencies(adds, first, last)
  local asked, wanted = {}, {}
  for i = first, last do asked[adds[i].ref] = true end
  for i = first, last do
    local dependsOn = adds[i].dependsOn
    for place = 1, dependsOn and #dependsOn or 0 do
      local dependency = dependsOn[place]
      local queue = dependency.queue
      if not asked[dependency.ref] and not (queue.fresh and queue.fresh.has[dependency.id]) then
        asked[dependency.ref] = true
        wanted[queue] = wanted[queue] or {}
        wanted[queue][#wanted[queue] + 1] = dependency.id
      end
    end
  end
  for queue, ids in pairs(wanted) do load(queue, ids) end
end

-- A job that is there already is answered so, whatever became of its dependencies since.
local function isTaken(add)
  local stamp, cancelled = stampOf(add.queue, add.id)
  return stamp and (not cancelled or stamp == stampIn(add.blob))
end

-- The place of the first dependency that is neither known nor of an earlier job of the group. Those earlier jobs are born as what others depend on.
local function unknownOf(add, earlier)
  local unknown
  for place = 1, add.dependsOn and #add.dependsOn or 0 do
    local other = earlier[add.dependsOn[place].ref]
    if other then
      other.expected = true
    elseif not unknown and not isKnown(add.dependsOn[place]) then
      unknown = place
    end
  end
  return unknown
end

local function refuseUnknown(adds, first, last)
  loadDependencies(adds, first, last)
  local earlier = {}
  for i = first, last do
    local unknown = unknownOf(adds[i], earlier)
    if unknown and not isTaken(adds[i]) then return UNKNOWN_DEPENDENCY .. pack('>I4I4', i - first, unknown - 1) end
    earlier[adds[i].ref] = adds[i]
  end
  return nil
end

local function refuseFlow(flow, adds, first, last)
  if flow.extends and not flow.isThere and last >= first then return UNKNOWN_FLOW .. pack('>I4', 0) end
  local earlier = {}
  for i = first, last do
    local add, ref = adds[i], adds[i].ref
    local stamp, cancelled = stampOf(add.queue, add.id)
    if earlier[ref] or (stamp and not cancelled and stamp ~= stampIn(add.blob)) then return ID_TAKEN .. pack('>I4', i - first) end
    earlier[ref] = true
  end
  return nil
end

-- The reply to a group of which nothing is added: refused, or a flow that is there already. Nothing: its jobs are to be added, tied together.
function links.checkGroup(adds, first, last, flow, queuesOf)
  if flow then
    links.tidyFlows()
    local stamp = call('HGET', links.flowKey(flow.id), 'stamp')
    flow.isThere = stamp ~= false
    if stamp and not flow.extends then return '\0' .. string.rep(char(stamp == flow.stamp and 0 or 1), last - first + 1) end
  end

  for i = first, last do
    adds[i].ref = refOf(adds[i])
    readDependencies(adds[i], queuesOf)
  end
  local refusal = refuseUnknown(adds, first, last) or (flow and refuseFlow(flow, adds, first, last))
  if refusal then return refusal end

  if flow and not flow.isThere then flow.number = nextNumber() end
  local group = {flow = flow, standIns = {}}
  for i = first, last do adds[i].group = group end
  return nil
end

-- The owner of a deduplication id stands for a job of the group that it suppressed.
function links.standsFor(add, hold)
  add.group.standIns[add.ref] = {queue = add.queue, id = hold.ownerId, handle = hold.owner}
end

-- A dependency: its queue, id, handle (zero: there is no record) and state (nothing: it was removed). It is marked as one that others depend on.
local function lookUp(dependency, standIns)
  local queue, id = dependency.queue, dependency.id
  local standIn = standIns[dependency.ref]
  local born = not standIn and queue.fresh and queue.fresh.born and queue.fresh.born[id]
  if born and born.marked then return queue, id, born.handle, born.state end

  if standIn then queue, id = standIn.queue, standIn.id end
  local job = find(queue, id)
  -- It may have been replaced since: by another job of the group, or by the one that is being added.
  if standIn and (not job or job.handle ~= standIn.handle) then return queue, id, 0, nil end
  if not job then return queue, id, 0, buriedState(queue, id) end
  if not has(job.flags, DEPENDENTS) then
    job.flags = job.flags + DEPENDENTS
    change(job)
  end
  return queue, id, job.handle, job.state
end

-- Looks up what a job depends on. Gives the error of the first dependency that fails it at once.
local function tieEdges(job, link, add)
  local standIns, kept, failure = add.group.standIns, {}, nil
  local seen = next(standIns) ~= nil and {} -- two that are given may turn out to be one
  for i = 1, #add.dependsOn do
    local queue, id, handle, state = lookUp(add.dependsOn[i], standIns)
    local name = seen and text(handle) .. queue.name .. '\0' .. id
    if not (seen and seen[name]) then
      if seen then seen[name] = true end
      local status = links.standing(state, link.policy)
      kept[#kept + 1] = links.newEdge(handle, queue.name, id)
      links.stand(job, link, {place = #kept, handle = handle}, status)
      links.countUnended(handle, 1)
      if status == BROKEN and link.policy == FAIL and not failure then failure = links.errorOf(queue.name, id, state) end
    end
  end
  job.queue.extras['y' .. job.id] = concat(kept)
  return failure
end

local function beginFlow(flow)
  if not flow.number then return end
  call('HSET', links.flowKey(flow.id), 'number', flow.number, 'stamp', flow.stamp, 'added', now, 'unended', 0, 'completed', 0)
  call('ZADD', root .. 'flows', flow.number, flow.id)
  flow.number = nil
end

-- Ties a job that is about to be stored. Gives its flags, whether it is held back, and the error that fails it at once.
function links.tie(queue, add, handle)
  local flow, flags = add.group.flow, add.expected and DEPENDENTS or 0
  if not flow and not add.dependsOn then return {flags = flags} end

  local job = {queue = queue, id = add.id, handle = handle, ref = add.ref}
  local link = {policy = add.policy or 0, open = 0, due = add.dependsOn and add.due or '', flow = flow and flow.id or '', statuses = ''}
  if flow then
    beginFlow(flow)
    links.joinFlow(flow.id, job)
  end
  local failure = add.dependsOn and tieEdges(job, link, add)
  links.write(job, link)
  return {flags = flags + LINKED, isHeld = failure or link.open > 0, failure = failure}
end

-- A job of such a group has just been stored: the next ones may depend on it. One that is to fail at once ends here.
function links.born(queue, add, handle, state, failure)
  local list = queue.fresh
  list.born = list.born or {}
  list.born[add.id] = {handle = handle, state = state, marked = add.expected}
  if not failure then return end
  add.failed = true
  local job = find(queue, add.id)
  setExtra(job, ERROR, failure)
  moves.finish(job, FAILED, failure)
end

end)
