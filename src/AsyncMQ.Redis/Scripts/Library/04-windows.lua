-- Needs: 01-step, 03-queues
-- Limits as they are packed, and the permits that were spent lately, as in RateWindow. Limits of a queue: permits or 0, window, most at once or 0, and those
-- of each key behind them, if there are; of a key: the same three, and whether in strict order. A window is packed as the ends of its parts, a 64th each, and
-- how many permits were spent in each. A permit counts from the end of its part for a whole window.

local UNLIMITED = 1000000000
local windows = {}

local OF_QUEUE = 16

-- The limits of a queue; nothing: none.
local function limitsOf(queue)
  if queue.limits == nil then
    queue.limits = false
    if queue.limitsKept then
      local permits, window, most = unpackFields('>I4I8I4', queue.limitsKept)
      queue.limits = {permits = permits, window = window, most = most, bounds = permits > 0 or most > 0}
      if #queue.limitsKept > OF_QUEUE then queue.limits.perKey = windows.unpackLimits(queue.limitsKept, OF_QUEUE + 1) end
    end
  end
  return queue.limits or nil
end

lazily(windows, function()

local PARTS = 64
local PART, PART_SIZE = '>I8I4', 12

function windows.unpackLimits(packed, position)
  local permits, window, most, strict = unpackFields('>I4I8I4B', packed, position)
  return {permits = permits, window = window, most = most, strict = strict == 1}
end

function windows.unpack(packed)
  local window = {parts = {}, spent = 0}
  for position = 1, #packed, PART_SIZE do
    local till, count = unpackFields(PART, packed, position)
    window.parts[#window.parts + 1] = {till = till, count = count}
    window.spent = window.spent + count
  end
  return window
end

function windows.pack(window)
  local packed = {}
  for i, part in ipairs(window.parts) do packed[i] = pack(PART, part.till, part.count) end
  return concat(packed)
end

local function partEnd(limits)
  local part = math.max(1, math.floor(limits.window / PARTS))
  return (math.floor(now / part) + 1) * part
end

-- Forgets parts that count no more.
local function tidy(window, limits)
  local parts = window.parts
  if #parts == 0 then return end
  -- The clock was put back, or the window cut: nobody waits longer than the window says.
  local till = partEnd(limits)
  if parts[#parts].till > till then parts = {{till = till, count = window.spent}} end
  local counting, spent = {}, 0
  for i = 1, #parts do
    if parts[i].till + limits.window > now then
      counting[#counting + 1] = parts[i]
      spent = spent + parts[i].count
    end
  end
  window.parts, window.spent = counting, spent
end

-- How many permits are left now.
function windows.left(window, limits)
  tidy(window, limits)
  return math.max(0, limits.permits - window.spent)
end

-- When the next permit comes; nothing: one is left, or none is needed.
function windows.nextPermit(window, limits)
  if not limits or limits.permits == 0 or not window or windows.left(window, limits) > 0 then return nil end
  local counted = window.spent
  for i = 1, #window.parts do
    counted = counted - window.parts[i].count
    if counted < limits.permits then return window.parts[i].till + limits.window end
  end
  return now
end

-- When all that was spent is forgotten.
function windows.emptyAt(window, limits)
  local last = window.parts[#window.parts]
  return last and last.till + limits.window or 0
end

function windows.spend(window, limits, count)
  tidy(window, limits)
  local till, last = partEnd(limits), window.parts[#window.parts]
  if last and last.till == till then
    last.count = last.count + count
  else
    window.parts[#window.parts + 1] = {till = till, count = count}
  end
  window.spent = window.spent + count
end

-- A claim is taken back as if it had not been: the latest permit is given back.
function windows.giveBack(window)
  local last = window.parts[#window.parts]
  if not last then return end
  window.spent, last.count = window.spent - 1, last.count - 1
  if last.count == 0 then window.parts[#window.parts] = nil end
end

end)
