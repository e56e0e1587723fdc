-- Needs: 01-step, 02-records, 11-reading
-- One page of one state, in its order.
-- ARGV: 1 queue, 2 state, 3 take, 4 skip, 5 reverse, 6 rank or '', 7 sequence, 8 parts.
-- Reply: {1 when there is more else 0, then each: id, and the job as readJob has it}.
-- The order of a state is that of a sorted set, or, of waiting jobs, of several: those with a key, and those parked under some name, stand in sets of their own.

local queue, state, take, skip = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local reverse, rank, sequence, parts = ARGV[5] == '1', tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])

local keys = {}
local isNumbered = state == WAITING or state == DELAYED -- the member begins with the number that breaks ties
if state == WAITING then
  keys[1] = root .. 'waiting:' .. queue
  if call('EXISTS', root .. 'keyed:' .. queue) == 1 then keys[2] = root .. 'keyed:' .. queue end
  for _, name in ipairs(call('SMEMBERS', root .. 'lanes:' .. queue)) do
    keys[#keys + 1] = root .. 'parked:' .. queue .. '\0' .. name
    keys[#keys + 1] = root .. 'keyedParked:' .. queue .. '\0' .. name
  end
elseif state == DELAYED then
  keys[1] = root .. 'delayed:' .. queue
elseif state == CHILDREN then
  keys[1] = root .. 'children:' .. queue
elseif state == ACTIVE then
  keys[1] = root .. 'active:' .. queue
else
  keys[1] = root .. 'ended' .. state .. ':' .. queue
  -- Ends are shown latest first: their places are counted backwards.
  reverse = not reverse
  if sequence then sequence = -sequence end
end

-- The rank in the set of the first member behind a place, in rising order: by score, then by halving among those of the same score.
local function firstBehind(key, inclusive)
  -- A running job may stand half a place further on.
  if not isNumbered then return call('ZCOUNT', key, '-inf', '(' .. text(inclusive and sequence or sequence + 1)) end
  local low, high = call('ZCOUNT', key, '-inf', '(' .. text(rank)), call('ZCOUNT', key, '-inf', text(rank))
  while low < high do
    local middle = math.floor((low + high) / 2)
    local value = unpackFields('>I8', call('ZRANGE', key, middle, middle)[1])
    if value < sequence or (not inclusive and value == sequence) then low = middle + 1 else high = middle end
  end
  return low
end

-- So many members of a set behind the place, in the direction walked.
local function walk(key, offset, count)
  local size = state == ACTIVE and countActive(key) or call('ZCARD', key)
  if reverse then
    local last = (rank and firstBehind(key, true) or size) - 1 - offset
    if last < 0 then return {} end
    local behind = call('ZCARD', key) - 1 - last
    return call('ZREVRANGE', key, behind, behind + count - 1, 'WITHSCORES')
  end
  local first = (rank and firstBehind(key, false) or 0) + offset
  if first >= size then return {} end
  return call('ZRANGE', key, first, math.min(first + count, size) - 1, 'WITHSCORES')
end

local ids, places = {}, {}
if #keys == 1 then
  local found = walk(keys[1], skip, take + 1)
  for i = 1, #found, 2 do
    ids[#ids + 1] = isNumbered and idOf(found[i]) or found[i]
    places[#ids] = found[i + 1]
  end
else
  local all = {}
  for _, key in ipairs(keys) do
    local found = walk(key, 0, skip + take + 1)
    for i = 1, #found, 2 do
      all[#all + 1] = {id = idOf(found[i]), score = tonumber(found[i + 1]), number = unpackFields('>I8', found[i])}
    end
  end
  table.sort(all, function(one, other)
    if reverse then one, other = other, one end
    if one.score ~= other.score then return one.score < other.score end
    return one.number < other.number
  end)
  for i = skip + 1, math.min(#all, skip + take + 1) do ids[#ids + 1] = all[i].id end
end

local reply = {#ids > take and 1 or 0}
for i = 1, math.min(#ids, take) do
  reply[#reply + 1] = ids[i]
  readJob(queue, ids[i], parts, reply, not isNumbered and state ~= CHILDREN and places[i] or nil, state == WAITING)
end
return reply
