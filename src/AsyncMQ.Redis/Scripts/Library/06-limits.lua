-- Needs: 01-step, 02-records, 03-queues
-- Limits of queues, as in LimitRules and RateWindow. In the queue's record: limits (permits or 0, window, most at once or 0), and spent, the permits that
-- were spent lately: the ends of parts of the window, a 64th each, and how many in each. A permit counts from the end of its part for a whole window.

local budgetOf, nextPermit, opensAt, spend, returnPermit, setLimits

do -- what follows and is not named above is seen here only: a script has room for two hundred names

-- Names from outside are looked for, each time a function is made, from the nearest on.
local call, root, sub, byte, pack, unpackFields, has, text = call, root, sub, byte, pack, unpackFields, has, text

local PARTS = 64
local PART = '>I8I4'
local UNLIMITED = 1000000000

-- The limits of a queue; nothing: none.
local function limitsOf(queue)
  if queue.limits == nil then
    queue.limits = false
    if queue.limitsKept then
      local permits, window, most = unpackFields('>I4I8I4', queue.limitsKept)
      queue.limits = {permits = permits, window = window, most = most}
    end
  end
  return queue.limits or nil
end

local function partEnd(limits)
  local part = math.max(1, math.floor(limits.window / PARTS))
  return (math.floor(now / part) + 1) * part
end

-- The parts that still count, and how many permits they spent.
local function spentOf(queue, limits)
  local window = queue.window
  if not window then
    window = {parts = {}, spent = 0}
    for position = 1, #(queue.spentKept or ''), 12 do
      local till, count = unpackFields(PART, queue.spentKept, position)
      window.parts[#window.parts + 1] = {till = till, count = count}
      window.spent = window.spent + count
    end
    queue.window = window
  end

  -- The clock was put back, or the window cut: nobody waits longer than the window says.
  local parts, till = window.parts, partEnd(limits)
  if #parts > 0 and parts[#parts].till > till then parts = {{till = till, count = window.spent}} end
  local counting, spent = {}, 0
  for i = 1, #parts do
    if parts[i].till + limits.window > now then
      counting[#counting + 1] = parts[i]
      spent = spent + parts[i].count
    end
  end
  window.parts, window.spent = counting, spent
  return window
end

local function keepWindow(queue)
  local packed = {}
  for i, part in ipairs(queue.window.parts) do packed[i] = pack(PART, part.till, part.count) end
  call('HSET', queue.record, 'spent', concat(packed))
end

-- How many jobs may be claimed now, as far as the queue's limits go.
function budgetOf(queue)
  local limits = limitsOf(queue)
  if not limits then return UNLIMITED end
  local free = limits.most > 0 and math.max(0, limits.most - call('ZCARD', queue.activeKey)) or UNLIMITED
  if limits.permits > 0 then free = math.min(free, math.max(0, limits.permits - spentOf(queue, limits).spent)) end
  return free
end

-- When the next permit comes; nothing: one is left, or none is needed.
function nextPermit(queue)
  local limits = limitsOf(queue)
  if not limits or limits.permits == 0 then return nil end
  local window = spentOf(queue, limits)
  local counted = window.spent
  if counted < limits.permits then return nil end
  for i = 1, #window.parts do
    counted = counted - window.parts[i].count
    if counted < limits.permits then return window.parts[i].till + limits.window end
  end
  return now
end

-- From when on the queue's limits let a job be claimed: now or before, at a time, or when one of its jobs ends.
function opensAt(queue)
  local limits = limitsOf(queue)
  if not limits then return 0 end
  if limits.most > 0 and call('ZCARD', queue.activeKey) >= limits.most then return NEVER end
  return nextPermit(queue) or 0
end

function spend(queue, count)
  local limits = limitsOf(queue)
  if count == 0 or not limits or limits.permits == 0 then return end
  local window = spentOf(queue, limits)
  local till, last = partEnd(limits), window.parts[#window.parts]
  if last and last.till == till then
    last.count = last.count + count
  else
    window.parts[#window.parts + 1] = {till = till, count = count}
  end
  window.spent = window.spent + count
  keepWindow(queue)
end

-- A claim is taken back as if it had not been: the latest permit is given back.
function returnPermit(queue)
  local limits = limitsOf(queue)
  if not limits or limits.permits == 0 then return end
  local window = spentOf(queue, limits)
  local last = window.parts[#window.parts]
  if not last then return end
  window.spent, last.count = window.spent - 1, last.count - 1
  if last.count == 0 then window.parts[#window.parts] = nil end
  keepWindow(queue)
end

-- Sets the limits; those of before are forgotten, but what was spent counts on while a rate is kept.
function setLimits(queue, packed)
  if packed == '' then call('HDEL', queue.record, 'limits', 'spent') else call('HSET', queue.record, 'limits', packed) end
  queue.limitsKept, queue.limits = packed ~= '' and packed, nil
  local limits = limitsOf(queue)
  if not limits or limits.permits == 0 then
    queue.window, queue.spentKept = nil, nil
    call('HDEL', queue.record, 'spent')
  end
end

end
