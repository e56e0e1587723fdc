-- Needs: 01-step
-- The index of schedules that will fire.

-- How long until the schedule behind so many firing ones is due; -1: there is none.
local function untilSchedule(behind)
  local first = call('ZRANGE', root .. 'firing', behind, behind, 'WITHSCORES')
  if not first[2] then return -1 end
  return math.max(0, tonumber(first[2]) - now)
end
