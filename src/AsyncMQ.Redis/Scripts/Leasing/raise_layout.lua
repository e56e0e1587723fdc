-- Needs: 01-step, 02-records, 03-queues, 08-claims
-- Records the layout that a process knows, unless there is a later one. A later major waits until no live session has an earlier one.
-- ARGV: 1 major, 2 minor.
-- Reply: {0, the layout that is recorded now}, or {1, it, names of the sessions that are waited for}.

local UNUSED_LIVES = 3600000000

begin()
local own, ownMinor = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = call('HGET', root, 'layout')
if kept then
  local major, minor = string.match(kept, '^(%d+)%.(%d+)$')
  major, minor = tonumber(major), tonumber(minor)
  if not major or major > own or (major == own and minor >= ownMinor) then return {0, kept} end

  if major < own then
    local reply, over = {1, kept}, {}
    local function look(index, lives)
      for _, id in ipairs(call('ZRANGE', root .. index, 0, -1)) do
        local found = call('HMGET', root .. 'session:' .. id, 'layout', 'name', 'number', 'seen', 'lease')
        local of = tonumber(string.match(found[1] or '1', '^%d+'))
        if found[3] and of < own then
          if now - found[4] <= lives(tonumber(found[5])) then
            reply[#reply + 1] = found[2]
          else
            over[#over + 1] = {id = id, number = tonumber(found[3]), holds = index == 'sessions'}
          end
        end
      end
    end

    -- A lease that has just ended may be renewed yet: nobody may have declared the session dead. After as long again it is not.
    look('sessions', function(lease) return 2 * lease end)
    look('producers', function() return UNUSED_LIVES end)
    if #reply > 2 then return reply end

    -- Those that are over cannot come back: each step of theirs is refused, and so is the new session that they ask for then.
    for _, gone in ipairs(over) do
      rarely.endSession(gone.id, gone.number, gone.holds)
      tell('M' .. gone.id)
    end
  end
end

local layout = ARGV[1] .. '.' .. ARGV[2]
call('HSET', root, 'layout', layout)
keepNumbers()
tellAll()
return {0, layout}
