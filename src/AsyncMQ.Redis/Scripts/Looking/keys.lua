-- Needs: 01-step, 02-records, 03-queues, 04-windows, 05-keys
-- Keys of a queue: one by name, or those behind another in order.
-- ARGV: 1 queue, 2 'one' or 'behind', 3 the key; or that behind which to begin, or '', 4 of those the most.
-- Reply: {now, then each: key, waiting, active, own limits or '', held until, next permit or 0, id of the head or ''}.

begin()
local CHUNK = 1000
local queue = queueOf(ARGV[1])
local reply = {now}
local most = tonumber(ARGV[4] or 1)
local found = 0

local function tellOf(name)
  local key = keys.of(queue, name)
  local limits = keys.limitsOf(queue, key)
  -- There may be nothing to remember any more, only nobody has noticed yet.
  if not key.exists or keys.forgottenAt(key, limits) <= now then return end
  found = found + 1
  for _, value in ipairs({name, key.waiting, key.active, key.ownKept or '', key.heldUntil, windows.nextPermit(key.window, limits) or 0,
    key.head and key.head.id or ''}) do
    reply[#reply + 1] = value
  end
end

if ARGV[2] == 'one' then
  tellOf(ARGV[3])
  return reply
end

local from = ARGV[3] == '' and '-' or '(' .. sortable(ARGV[3])
repeat
  local names = call('ZRANGE', root .. 'keyNames:' .. queue.name, from, '+', 'BYLEX', 'LIMIT', 0, CHUNK)
  for i = 1, #names do
    if found == most then return reply end
    tellOf(unsorted(names[i]))
  end
  from = '(' .. (names[#names] or '')
until #names < CHUNK
return reply
