-- Needs: 01-step
-- The rule that keeps the first process that comes back from killing the rest, as in RecoveryRules.

-- A session with a lease was opened or renewed.
local function noteRenewal(lease)
  local kept = call('HMGET', root, 'renewedAt', 'renewedLease', 'recoveryFrom')
  if kept[1] then
    local shorter = math.min(lease, tonumber(kept[2]))
    if now - kept[1] > shorter / 2 then
      call('HSET', root, 'recoveryFrom', math.max(tonumber(kept[3] or 0), now + 2 * math.floor(shorter / 5)))
    end
  end
  call('HSET', root, 'renewedAt', now, 'renewedLease', lease)
end

local function isRecoveryAllowed()
  local kept = call('HMGET', root, 'renewedAt', 'renewedLease', 'recoveryFrom')
  if now < tonumber(kept[3] or 0) then return false end
  return not (kept[1] and now - kept[1] > kept[2] / 2)
end
