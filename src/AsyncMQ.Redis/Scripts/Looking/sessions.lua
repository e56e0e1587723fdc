-- Needs: 01-step, 03-batches
-- All live sessions with a lease.
-- Reply: each: id, number, packed info, opened, renewed, lease, number of claims, quiet.

local reply = {}
for _, id in ipairs(call('ZRANGE', root .. 'sessions', 0, -1)) do
  local kept = call('HMGET', root .. 'session:' .. id, 'number', 'info', 'opened', 'seen', 'lease', 'quiet')
  if kept[1] then
    for _, value in ipairs({id, tonumber(kept[1]), kept[2], tonumber(kept[3]), tonumber(kept[4]), tonumber(kept[5]),
      batches.countHeld(tonumber(kept[1])), kept[6] == '1' and 1 or 0}) do
      reply[#reply + 1] = value
    end
  end
end
return reply
