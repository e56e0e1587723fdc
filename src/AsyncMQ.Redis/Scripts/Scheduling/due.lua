-- Needs: 01-step, 02-records, 13-firing
-- Schedules whose time has come, longest due first.
-- ARGV: 1 how many.   Reply: {now, microseconds until the next one that is not listed or -1, then each: queue, id, schedule}.

begin()
local due = call('ZRANGE', root .. 'firing', '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
local reply = {now, untilSchedule(#due)}
for _, entry in ipairs(due) do
  local ref = idOf(entry)
  local cut = string.find(ref, '\0', 1, true)
  local queue, id = sub(ref, 1, cut - 1), sub(ref, cut + 1)
  local kept = call('HGET', root .. 'schedules:' .. queue, id)
  if kept then
    reply[#reply + 1] = queue
    reply[#reply + 1] = id
    reply[#reply + 1] = kept
  end
end
return reply
