-- Needs: 01-step, 02-records, 03-queues, 04-storing, 05-keys, 06-moves, 07-ready, 08-claims
-- What time brings: jobs that expire, jobs that come due, and which queues are ready for a session that works more than it can ask for.

local expire, promote, readyQueues

do -- what follows and is not named above is seen here only: a script has room for two hundred names

-- Does something with the jobs of a time index whose time has come, earliest first, then in order of adding; who has no record leaves the index. Gives how many.
local function eachDue(queue, key, most, act)
  local due = call('ZRANGE', key, '-inf', now, 'BYSCORE', 'LIMIT', 0, most)
  if #due == 0 then return 0 end
  local ids = {}
  for i = 1, #due do ids[i] = idOf(due[i]) end
  load(queue, ids)
  if queue.keyed > 0 then keys.loadOfJobs(queue, ids) end
  for i = 1, #due do
    local job = find(queue, ids[i])
    if job then act(job) else call('ZREM', key, due[i]) end
  end
  flush()
  return #due
end

-- Ends waiting and delayed jobs whose time-to-live is over. Gives how many.
function expire(queue, most)
  return eachDue(queue, queue.ttlKey, most, function(job) moves.finish(job, EXPIRED) end)
end

-- Makes delayed jobs whose time has come wait. Gives how many.
function promote(queue, most)
  local first = firstDelayed(queue)
  if first > now then
    queue.nextDelayed = first -- whoever delays a job afterwards forgets it
    return 0
  end
  return eachDue(queue, queue.delayedKey, most, function(job)
    moves.toWaiting(job)
    if queue.journal then queue.journal.tellJob('Promoted', job) end
  end)
end

-- Ready queues that the session works and did not ask for: those not asked for the longest come first. At most 64.
local MOST_READY, MOST_LOOKED_AT = 64, 1000
function readyQueues(claims)
  local ready, works = root .. 'ready', root .. 'works:' .. text(session.number)
  local asked = {}
  for i = 1, #claims do
    local name = claims[i].queue.name
    asked[name] = true
    local at = tonumber(call('ZSCORE', ready, name) or NEVER)
    if at <= now then call('ZADD', ready, now, name) end
  end

  local names, listed = {}, {}
  if call('EXISTS', root .. 'parking') == 1 then
    local parking = call('SRANDMEMBER', root .. 'parking', MOST_LOOKED_AT)
    for i = 1, #parking do
      local name = parking[i]
      if #names < MOST_READY and not asked[name] and call('SISMEMBER', works, name) == 1 then
        local queue = queueOf(name)
        if isClaimable(queue) and rarely.hasParkedFor(queue) then
          listed[name] = true
          names[#names + 1] = name
        end
      end
    end
  end

  local due = call('ZRANGE', ready, '-inf', now, 'BYSCORE', 'LIMIT', 0, MOST_LOOKED_AT)
  for i = 1, #due do
    local name = due[i]
    if #names < MOST_READY and not asked[name] and not listed[name] and call('SISMEMBER', works, name) == 1 then names[#names + 1] = name end
  end
  return names
end

end
