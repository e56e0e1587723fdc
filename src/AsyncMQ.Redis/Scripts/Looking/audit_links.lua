-- Needs: 01-step, 02-records, 03-queues, 05-links
-- Checks how a stretch of a queue's jobs hang together with others. Read-only; the caller walks, and adds up what is counted.
-- ARGV: 1 queue, 2 cursor.
-- Reply: {next cursor, edges, jobs of flows, others' dependencies, faults ...}
--   edges: of each its dependency's handle and bits, 1 open, 2 the dependent has not ended; jobs of flows: of each its state, and the flow's id behind its
--   length; others' dependencies: the handle of each job that is marked as one.

begin()
local CHUNK = 500
local OPEN, WAIT = 0, 2
local queue = queueOf(ARGV[1])
local edges, flows, marked, faults = {}, {}, {}, {}

local function fault(job, what) faults[#faults + 1] = queue.name .. '/' .. job.id .. ' ' .. what end

local function dependencyOf(edge)
  local job = edge.handle > 0 and find(queueOf(edge.queue), edge.id)
  return job and job.handle == edge.handle and job or nil
end

-- Whether the end of a dependency is about to be told.
local function isBeingTold(edge)
  if not hasEffects then return false end
  local ref = edge.queue .. '\0' .. edge.id
  for outcome = COMPLETED, CANCELLED do
    if call('ZSCORE', links.effects, links.effect(edge.handle, outcome, ref)) then return true end
  end
  return call('ZSCORE', links.effects, links.effect(edge.handle, nil, ref)) ~= false
end

local function checkOpen(job, link, edge, dependency)
  if edge.handle > 0 then
    local score = call('ZSCORE', links.dependentsKey(edge.handle), pack('>I2', edge.place) .. refOf(job))
    if not score or tonumber(score) ~= job.handle then
      fault(job, 'waits for ' .. edge.queue .. '/' .. edge.id .. ' but does not stand among those that do.')
    end
  end
  local willEnd = dependency and dependency.state < COMPLETED
  if job.state == CHILDREN and not willEnd and not isBeingTold(edge) and (link.policy ~= WAIT or (dependency and dependency.state == COMPLETED)) then
    fault(job, 'waits for ' .. edge.queue .. '/' .. edge.id .. ', which will not end any more.')
  end
end

local function checkEdges(job, link)
  local list, open = links.edgesOf(job, link), 0
  if #list ~= #link.statuses then fault(job, 'has lost what it depends on.') end
  for _, edge in ipairs(list) do
    local dependency = dependencyOf(edge)
    if dependency and not has(dependency.flags, DEPENDENTS) then fault(job, 'depends on ' .. edge.queue .. '/' .. edge.id .. ', which is not marked so.') end
    if edge.status == OPEN then
      open = open + 1
      checkOpen(job, link, edge, dependency)
    end
    edges[#edges + 1] = pack('>I8B', edge.handle, (edge.status == OPEN and 1 or 0) + (job.state < COMPLETED and 2 or 0))
  end
  if open ~= link.open then fault(job, 'counts ' .. link.open .. ' open dependencies but has ' .. open .. '.') end
  if open > 0 and job.state ~= CHILDREN and job.state ~= FAILED and job.state ~= CANCELLED then
    fault(job, 'is in state ' .. job.state .. ' but ' .. open .. ' dependencies hold it back.')
  end
  if open == 0 and job.state == CHILDREN then fault(job, 'waits for other jobs but depends on none.') end
end

local function checkFlow(job, flow)
  flows[#flows + 1] = pack('>BI2', job.state, #flow) .. flow
  local score = call('ZSCORE', links.flowJobsKey(flow), refOf(job))
  if not score or tonumber(score) ~= job.handle then fault(job, 'is not among the jobs of its flow ' .. flow .. '.') end
end

local found = call('HSCAN', queue.jobsKey, ARGV[2], 'COUNT', CHUNK)
for i = 1, #found[2], 2 do
  local job = jobOf(queue, found[2][i], found[2][i + 1])
  local link = job and has(job.flags, LINKED) and links.of(job)
  if link then
    checkEdges(job, link)
    if link.flow ~= '' then checkFlow(job, link.flow) end
  elseif job and (job.state == CHILDREN or has(job.flags, LINKED)) then
    fault(job, 'has lost what it depends on, or its flow.')
  end
  if job and has(job.flags, DEPENDENTS) then marked[#marked + 1] = pack('>I8', job.handle) end
end

local reply = {tonumber(found[1]), concat(edges), concat(flows), concat(marked)}
for i = 1, #faults do reply[4 + i] = faults[i] end
return reply
