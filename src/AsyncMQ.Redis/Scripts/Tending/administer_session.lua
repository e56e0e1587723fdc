-- Needs: 01-step, 07-ready
-- Makes a session with a lease quiet, or lets it claim again.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 the session that it is about, 5 quiet.
-- Reply: {0 or 3, a byte}: 1 done, 0 there is no such session.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local key = root .. 'session:' .. ARGV[4]
local kept = call('HMGET', key, 'lease', 'dead')
local isThere = kept[1] and not kept[2] and tonumber(kept[1]) > 0
if isThere then
  call('HSET', key, 'quiet', ARGV[5])
  tell('M' .. ARGV[4])
end
local reply = keep(isThere and '\1' or '\0')
finishStep()
return {0, reply}
