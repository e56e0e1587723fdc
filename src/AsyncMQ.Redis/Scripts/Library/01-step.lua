-- What every step begins and ends with: the clock, the numbers, the session with its lane, and what is told when the step is over.
-- KEYS[1] is the installation's own record, '{name}:'. All keys begin with it, so all are in one slot, and the others are built from it here.
-- Times are microseconds since 1970, numbers count up from 1: both are whole and below 2^53, which a Lua number keeps exactly. They are never made
-- text with '..', which writes 14 digits: redis.call writes all of them, and so do pack and text.

local call = redis.call
local pack, unpackFields = struct.pack, struct.unpack
local sub, byte, char, concat = string.sub, string.byte, string.char, table.concat
local root = KEYS[1]

local NEVER = 9000000000000000000 -- after all times

local now       -- the store's time: the server's, plus the offset of tests
local number    -- the last number given out: handles, sequences and places all count on it
local firstNumber
local session   -- who sends the step
local heard     -- what somebody wants to hear of, as in 15-subscribers, and the position of the next event; false: nobody listens
local signals = {}
local hasEffects -- ends of jobs are to be told to their dependents

-- Makes a part of the library, in one or several files, when it is first asked for: most steps need none of it, and a server makes all functions of a script
-- anew each time.
local makers = {}
local function lazily(part, make)
  local all = makers[part]
  if all then
    all[#all + 1] = make
    return
  end
  all = {make}
  makers[part] = all
  setmetatable(part, {__index = function(_, name)
    setmetatable(part, nil)
    for i = 1, #all do all[i]() end
    return part[name]
  end})
end

-- What has to do with dependencies and flows, in 05-links, 06-spreading and 12-groups. Those files name again inside what they could take from behind
-- 02-records: each such name that a function takes costs a search when the function is made, used or not.
local links = {}

-- A whole number as text. redis.call makes text of numbers, too, but by way of their fractions, at four times the cost.
local function text(value) return string.format('%d', value) end

-- Texts in ordinal order of UTF-16, as .NET sorts them: what takes two code units comes before the last of the single ones, in UTF-8 behind them.
local function sortable(value) return (string.gsub(value, '[\240-\244]', '\237%0')) end

local function unsorted(key) return (string.gsub(key, '\237([\240-\244])', '%1')) end

-- The next number; or the last of so many.
local function nextNumber(count)
  number = number + (count or 1)
  return number
end

-- Reads the clock and the numbers, once.
local function begin()
  local time = call('TIME')
  local kept = call('HMGET', root, 'offset', 'number', 'heard', 'told', 'effects')
  now = time[1] * 1000000 + time[2] + (kept[1] or 0)
  number = tonumber(kept[2] or 0)
  firstNumber = number
  heard = kept[3] and unpackFields('>I8', kept[3]) > now and {wanted = kept[3], told = tonumber(kept[4] or 0)}
  hasEffects = kept[5] ~= false
end

-- Calls a command with a list of arguments of any length: Lua passes at most some 8 000 at once.
local MOST = 4000
local function bulk(command, key, list)
  local count = #list
  if count == 0 then return end
  if count <= MOST then
    call(command, key, unpack(list))
    return
  end
  for from = 1, count, MOST do
    call(command, key, unpack(list, from, math.min(from + MOST - 1, count)))
  end
end

-- The session of a step, or nothing when it is unknown, closed or dead.
local function useSession(id, lane)
  local key = root .. 'session:' .. id
  local kept = call('HMGET', key, 'number', 'name', 'lease', 'quiet', 'dead', 'wide', 'at' .. (lane or ''))
  if not kept[1] or kept[5] then return nil end
  session = {
    id = id, key = key, number = tonumber(kept[1]), name = kept[2], lease = tonumber(kept[3] or 0),
    quiet = kept[4] == '1', wide = kept[6] == '1', last = tonumber(kept[7] or 0)
  }
  return session
end

-- Begins a step under its name: nothing when it is to be done, else the answer to give at once.
--   {1} the session is lost; {2, last} a later step of the lane was done; {3, reply} it was done, and this was the reply.
local function enter(id, lane, sequence)
  begin()
  if not useSession(id, lane) then return {1} end
  session.lane, session.sequence = tonumber(lane), tonumber(sequence)
  local last = session.last
  if session.sequence < last then return {2, text(last)} end
  if session.sequence == last then return {3, call('HGET', session.key, 'reply' .. lane)} end
  return nil
end

-- Keeps the reply of a step in its lane, and gives it.
local function keep(reply)
  if session.lease > 0 then
    call('HSET', session.key, 'at' .. session.lane, session.sequence, 'reply' .. session.lane, reply)
  else
    call('HSET', session.key, 'at' .. session.lane, session.sequence, 'reply' .. session.lane, reply, 'seen', now)
  end
  return reply
end

-- What is told at the end, in one message; W queue, E queue NUL id, M session, S, C, V.
local function tell(signal) signals[#signals + 1] = signal end

local function tellAll()
  if #signals > 0 then call('PUBLISH', root .. 'news', concat(signals, '\n')) end
end

local function keepNumbers()
  if number ~= firstNumber then call('HSET', root, 'number', number) end
end
