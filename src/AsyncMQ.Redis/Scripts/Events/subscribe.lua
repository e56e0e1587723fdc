-- Needs: 01-step, 15-subscribers
-- Opens a subscription to events, or renews it.
-- ARGV: 1 its id, 2 lease, 3 wishes, as 15-subscribers tells.   Reply: {the position of the next event, 1: it was held, 0: it was not}.

begin()
local subscribers, id, till = root .. 'subscribers', ARGV[1], now + ARGV[2]
local isHeld = tonumber(call('ZSCORE', subscribers, id) or 0) > now
local isSame = isHeld and call('HGET', root .. 'wishes', id) == ARGV[3] and call('ZCOUNT', subscribers, '-inf', now) == 0
call('ZADD', subscribers, till, id)
if isSame then
  local last = call('ZRANGE', subscribers, 0, 0, 'REV', 'WITHSCORES')
  call('HSET', root, 'heard', pack('>I8', tonumber(last[2])) .. sub(heard.wanted, 9))
else
  call('HSET', root .. 'wishes', id, ARGV[3])
  joinInterests()
end
return {tonumber(call('HGET', root, 'told') or 0), isHeld and 1 or 0}
