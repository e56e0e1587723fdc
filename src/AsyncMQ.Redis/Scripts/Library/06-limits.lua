-- Needs: 01-step, 02-records, 03-queues, 04-windows
-- Limits of queues, as in LimitRules. In the queue's record: limits, and spent, the permits that were spent lately.

local limiting = {}

-- How many jobs may be claimed now, as far as the queue's limits go.
local function budgetOf(queue) return queue.limitsKept and limiting.budgetOf(queue) or UNLIMITED end

-- From when on the queue's limits let a job be claimed: now or before, at a time, or when one of its jobs ends.
local function opensAt(queue) return queue.limitsKept and limiting.opensAt(queue) or 0 end

lazily(limiting, function()

local function windowOf(queue)
  if not queue.window then queue.window = windows.unpack(queue.spentKept or '') end
  return queue.window
end

local function keepWindow(queue) call('HSET', queue.record, 'spent', windows.pack(queue.window)) end

function limiting.budgetOf(queue)
  local limits = limitsOf(queue)
  if not limits then return UNLIMITED end
  local free = limits.most > 0 and math.max(0, limits.most - countActive(queue.activeKey)) or UNLIMITED
  if limits.permits > 0 then free = math.min(free, windows.left(windowOf(queue), limits)) end
  return free
end

-- When the next permit comes; nothing: one is left, or none is needed.
function limiting.nextPermit(queue)
  local limits = limitsOf(queue)
  if not limits or limits.permits == 0 then return nil end
  return windows.nextPermit(windowOf(queue), limits)
end

function limiting.opensAt(queue)
  local limits = limitsOf(queue)
  if not limits then return 0 end
  if limits.most > 0 and countActive(queue.activeKey) >= limits.most then return NEVER end
  return limiting.nextPermit(queue) or 0
end

function limiting.spend(queue, count)
  local limits = limitsOf(queue)
  if count == 0 or not limits or limits.permits == 0 then return end
  windows.spend(windowOf(queue), limits, count)
  keepWindow(queue)
end

-- A claim is taken back as if it had not been: the latest permit is given back.
function limiting.returnPermit(queue)
  local limits = limitsOf(queue)
  if not limits or limits.permits == 0 then return end
  windows.giveBack(windowOf(queue))
  keepWindow(queue)
end

-- Sets the limits; those of before are forgotten, but what was spent counts on while a rate is kept.
function limiting.set(queue, packed)
  if packed == '' then call('HDEL', queue.record, 'limits', 'spent') else call('HSET', queue.record, 'limits', packed) end
  queue.limitsKept, queue.limits, queue.mostOfEach = packed ~= '' and packed, nil, nil
  local limits = limitsOf(queue)
  if not limits or limits.permits == 0 then
    queue.window, queue.spentKept = nil, nil
    call('HDEL', queue.record, 'spent')
  end
end

end)
