-- Needs: 01-step, 02-records
-- Who listens to events: the sorted set subscribers has processes by the end of their leases, the hash wishes what each wants to hear, as it came: for each
-- wish its kinds (four bytes), the length of its place (four) and the place, queue NUL id, either empty for any. All of them joined, so that a step need
-- not ask who it is: the hash interests (place to kinds), and in the installation's record heard: until when somebody listens (eight bytes), the kinds that
-- are wanted wherever they happen, of some queue, of some job (four bytes each).

local joinInterests, tidyEvents

do -- what follows and is not named above is seen here only: a script has room for two hundred names

local subscribers, wishes, interests = root .. 'subscribers', root .. 'wishes', root .. 'interests'

-- What all want, without those who did not renew.
function joinInterests()
  for _, late in ipairs(call('ZRANGE', subscribers, '-inf', now, 'BYSCORE')) do
    call('ZREM', subscribers, late)
    call('HDEL', wishes, late)
  end
  call('DEL', interests)
  local last = call('ZRANGE', subscribers, 0, 0, 'REV', 'WITHSCORES')
  if not last[1] then
    call('HDEL', root, 'heard')
    return
  end

  local joined, all, ofQueues, ofJobs = {}, 0, 0, 0
  for _, wished in ipairs(call('HVALS', wishes)) do
    local position = 1
    while position <= #wished do
      local kinds, length = unpackFields('>I4I4', wished, position)
      local place = sub(wished, position + 8, position + 7 + length)
      position = position + 8 + length
      if place == '\0' then
        all = bit.bor(all, kinds)
      else
        if byte(place, -1) == 0 then ofQueues = bit.bor(ofQueues, kinds) else ofJobs = bit.bor(ofJobs, kinds) end
        joined[place] = bit.bor(joined[place] or 0, kinds)
      end
    end
  end
  local fields = {}
  for place, kinds in pairs(joined) do
    fields[#fields + 1] = place
    fields[#fields + 1] = kinds
  end
  bulk('HSET', interests, fields)
  call('HSET', root, 'heard', pack('>I8I4I4I4', tonumber(last[2]), all, ofQueues, ofJobs))
end

-- Forgets who did not renew; and what was told, when nobody listens any more.
function tidyEvents()
  if call('ZCOUNT', subscribers, '-inf', now) > 0 then joinInterests() end
  if not heard then call('UNLINK', root .. 'events') end
end

end
