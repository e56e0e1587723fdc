-- Needs: 01-step, 03-events, 07-ready, 10-leases
-- Opens a session.
-- ARGV: 1 session, 2 name, 3 lease or 0, 4 quiet, 5 names (by lines), 6 what it said of itself, packed, 7 the layout that its process knows; then its
--   queues, when they are too many to ask for.
-- Reply: {0}, or {1}: a session of this id has ended; or {2, layout}: the installation has another major than the process knows.

begin()
if call('ZSCORE', root .. 'ended', ARGV[1]) then return {1} end
local key = root .. 'session:' .. ARGV[1]
if call('EXISTS', key) == 1 then return {0} end
local layout = call('HGET', root, 'layout')
if not layout then
  call('HSET', root, 'layout', ARGV[7]) -- a server that came back empty
elseif string.match(layout, '^%d+') ~= string.match(ARGV[7], '^%d+') then
  return {2, layout}
end

local own, lease = nextNumber(), tonumber(ARGV[3])
call('HSET', key, 'number', own, 'name', ARGV[2], 'lease', lease, 'quiet', ARGV[4], 'names', ARGV[5], 'info', ARGV[6], 'opened', now, 'seen', now,
  'layout', ARGV[7])
call('HSET', root .. 'numbers', own, ARGV[1])
if #ARGV > 7 then
  call('HSET', key, 'wide', 1)
  local works = {}
  for i = 8, #ARGV do works[i - 7] = ARGV[i] end
  bulk('SADD', root .. 'works:' .. text(own), works)
end
if lease > 0 then
  call('ZADD', root .. 'sessions', now + lease, ARGV[1])
  noteRenewal(lease)
  if heard then journal().tell('WorkerUp', nil, ARGV[1], {name = ARGV[2]}) end
else
  call('ZADD', root .. 'producers', now, ARGV[1])
end
finishStep()
return {0}
