-- Needs: 01-step, 02-records, 03-queues, 05-keys
-- What becomes of keys by themselves: new limits come to them, their time comes, nothing is left to remember; and the turns of the jobs without a key.

lazily(keys, function()

-- Reviews keys of a queue in order, so many at most, behind where it was left ('' for all). What is left is done by those who ask for the queue next.
function keys.reviewAll(queue, most)
  local from = queue.reviewFrom
  local names = call('ZRANGE', keys.namesKey(queue), from == '' and '-' or '(' .. from, '+', 'BYLEX', 'LIMIT', 0, most)
  local last = names[#names]
  for i = 1, #names do names[i] = unsorted(names[i]) end
  keys.loadWithJobs(queue, names)
  for i = 1, #names do
    local key = keys.of(queue, names[i])
    if key.exists then keys.review(queue, key) end
  end
  queue.reviewFrom = #names == most and last or nil
  if queue.reviewFrom then call('HSET', queue.record, 'reviewFrom', last) else call('HDEL', queue.record, 'reviewFrom') end
  flush()
end

-- Lets those in whose time has come, so many at most.
function keys.openDue(queue, most)
  if queue.reviewFrom then keys.reviewAll(queue, most) end
  if queue.keyed == 0 then return end
  local due = call('ZRANGE', keys.openingKey(queue), '-inf', now, 'BYSCORE', 'LIMIT', 0, most)
  if #due == 0 then return end
  local names = {}
  for i = 1, #due do names[i] = unsorted(due[i]) end
  keys.loadWithJobs(queue, names)
  for i = 1, #due do
    local key = keys.of(queue, names[i])
    if key.exists then keys.review(queue, key) else zrem(keys.openingKey(queue), due[i]) end
  end
  flush()
end

-- When the next key opens by itself.
function keys.nextOpening(queue)
  if queue.reviewFrom then return now end
  if queue.keyed == 0 then return NEVER end
  local first = call('ZRANGE', keys.openingKey(queue), 0, 0, 'WITHSCORES')
  return first[2] and tonumber(first[2]) or NEVER
end

-- Forgets those of which there is nothing to remember any more. Gives how many it looked at.
function keys.forgetDue(most)
  local due = call('ZRANGE', root .. 'forgetting', '-inf', now, 'BYSCORE', 'LIMIT', 0, most)
  for i = 1, #due do
    local cut = string.find(due[i], '\0', 1, true)
    local queue = queueOf(sub(due[i], 1, cut - 1))
    local key = keys.of(queue, sub(due[i], cut + 1))
    if key.exists then keys.review(queue, key) else zrem(root .. 'forgetting', due[i]) end
  end
  return #due
end

-- Drops keys of a queue without jobs, so many at most. True: there are more.
function keys.drop(queue, most)
  local names = call('ZRANGE', keys.namesKey(queue), 0, most - 1)
  for i = 1, #names do
    local name = unsorted(names[i])
    call('HDEL', keys.recordsKey(queue), name)
    call('ZREM', root .. 'forgetting', queue.name .. '\0' .. name)
    call('ZREM', keys.openingKey(queue), names[i])
    call('ZREM', keys.namesKey(queue), names[i])
  end
  if call('EXISTS', keys.namesKey(queue)) == 1 then return true end
  call('DEL', root .. 'plainTurns:' .. queue.name)
  return false
end

-- The turn of jobs without a key; zero: before all others.
function keys.plainTurn(queue, priority)
  if not queue.plainTurns then queue.plainTurns = {} end
  local turn = queue.plainTurns[priority]
  if not turn then
    turn = tonumber(call('HGET', root .. 'plainTurns:' .. queue.name, priority) or 0)
    queue.plainTurns[priority] = turn
  end
  return turn
end

-- They take their place behind all others.
function keys.standPlain(queue, priority)
  if not queue.dirtyKeys then queue.dirtyKeys = {} end
  if not queue.plainTurns then queue.plainTurns = {} end
  if not queue.newPlainTurns then queue.newPlainTurns = {} end
  queue.plainTurns[priority] = nextNumber()
  queue.newPlainTurns[priority] = true
  return queue.plainTurns[priority]
end

local function hasPriority(place, priority)
  for _, score in pairs(adding[place] or {}) do
    if score == priority then return true end
  end
  if removing[place] then flush() end
  return call('ZCOUNT', place, priority, priority) > 0
end

local function hasPlain(queue, priority)
  local fresh = queue.fresh and queue.fresh.waiting or {}
  for i = 1, #fresh, 2 do
    if tonumber(fresh[i]) == priority then return true end
  end
  if hasPriority(queue.waitingKey, priority) then return true end
  if queue.parked == 0 then return false end
  for _, name in ipairs(call('SMEMBERS', root .. 'lanes:' .. queue.name)) do
    if hasPriority(laneKey(queue, name), priority) then return true end
  end
  return false
end

-- Before a job without a key waits in a queue where jobs with keys do. Where others of its priority wait already, parked or not, they have their place. Looked
-- up once, until one of them waits no more.
function keys.joinPlain(queue, priority)
  if not queue.plainThere then queue.plainThere = {} end
  if queue.plainThere[priority] then return end
  if not hasPlain(queue, priority) then keys.standPlain(queue, priority) end
  queue.plainThere[priority] = true
end

end)
