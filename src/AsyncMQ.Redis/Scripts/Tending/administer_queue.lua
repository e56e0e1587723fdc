-- Needs: 01-step, 02-records, 03-queues, 04-storing, 05-deduplication, 05-keys, 06-limits, 06-moves, 07-ready, 13-schedules, 14-figures
-- One command on a queue's own record.
-- ARGV: 1 session, 2 lane, 3 sequence, 4 queue, 5 command, then what the command has:
--   pause: by, why, for (microseconds or '');  resume;  retention: packed or '';  limits: packed or '';  hold: for;  close: force;  delete;  release: id;
--   keylimits: key, packed or '';  keyhold: key, for.
-- Reply: {0 or 3, a byte}: 0 done, 1 not found, 2 busy, 3 more.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local DONE, NOT_FOUND, BUSY, MORE = '\0', '\1', '\2', '\3'
local MOST_REVIEWED = 1000
local queue = queueOf(ARGV[4])

local function make()
  knowQueue(queue)
  touch(queue)
end

local commands = {}

function commands.pause()
  make()
  queue.pausedUntil = ARGV[8] == '' and NEVER or now + ARGV[8]
  call('HSET', queue.record, 'pausedUntil', queue.pausedUntil, 'pausedAt', now, 'pausedBy', ARGV[6], 'pausedWhy', ARGV[7])
  -- Whoever sleeps without end looks anew, and learns when the pause ends.
  queue.news = ARGV[8] ~= ''
  if queue.journal then
    -- Who and why come behind '=', or not at all.
    local by, why = ARGV[6] ~= '' and sub(ARGV[6], 2), ARGV[7] ~= '' and sub(ARGV[7], 2)
    queue.journal.tell('QueuePaused', queue.name, nil, {till = queue.news and queue.pausedUntil, text = by, detail = why})
  end
  return DONE
end

function commands.resume()
  if not queue.known then return DONE end
  make()
  if queue.journal and queue.pausedUntil > now then queue.journal.tell('QueueResumed', queue.name, nil, {}) end
  queue.pausedUntil, queue.news = 0, true
  call('HDEL', queue.record, 'pausedUntil', 'pausedAt', 'pausedBy', 'pausedWhy')
  return DONE
end

function commands.retention()
  make()
  if ARGV[6] == '' then call('HDEL', queue.record, 'retention') else call('HSET', queue.record, 'retention', ARGV[6]) end
  return DONE
end

function commands.limits()
  make()
  limiting.set(queue, ARGV[6])
  queue.reviewFrom, queue.news = '', true
  keys.reviewAll(queue, MOST_REVIEWED)
  return DONE
end

function commands.keylimits()
  make()
  keys.limit(queue, keys.of(queue, ARGV[6]), ARGV[7])
  queue.news = true
  return DONE
end

function commands.keyhold()
  make()
  keys.hold(queue, keys.of(queue, ARGV[6]), now + ARGV[7])
  queue.news = true
  return DONE
end

function commands.hold()
  make()
  queue.heldUntil, queue.news = now + ARGV[6], true
  call('HSET', queue.record, 'heldUntil', queue.heldUntil)
  return DONE
end

function commands.close()
  if not queue.known then return NOT_FOUND end
  if ARGV[6] ~= '1' and countActive(queue.activeKey) > 0 then return BUSY end
  make()
  queue.closed = true
  call('HSET', queue.record, 'closed', 1)
  stopSchedules(queue)
  return DONE
end

function commands.release()
  local hold = queue.known and deduplication.holdOf(queue, ARGV[6])
  if not hold or not deduplication.isHeld(queue, hold) then return NOT_FOUND end
  local add = deduplication.takeKept(queue, hold)
  deduplication.change(queue, ARGV[6], false)
  if add then store(queue, add.id, add.blob, add) end
  return DONE
end

function commands.delete()
  if not queue.known then return NOT_FOUND end
  if not queue.closed or call('EXISTS', queue.jobsKey) == 1 then return BUSY end

  local tombs = call('HSCAN', queue.tombsKey, 0, 'COUNT', 1000)[2]
  for i = 1, #tombs, 2 do
    call('HDEL', queue.tombsKey, tombs[i])
    call('ZREM', root .. 'tombs', queue.name .. '\0' .. tombs[i])
  end
  local holds = call('HSCAN', deduplication.key(queue), 0, 'COUNT', 1000)[2]
  for i = 1, #holds, 2 do deduplication.change(queue, holds[i], false) end
  for _, key in ipairs(call('ZRANGE', scheduleIdsKey(queue), 0, 999)) do removeSchedule(queue, scheduleOf(queue, unsorted(key))) end
  dropFigures(queue, 1000, true)
  if keys.drop(queue, 1000) or hasFigures(queue) or call('EXISTS', queue.tombsKey, deduplication.key(queue), scheduleIdsKey(queue)) > 0 then return MORE end

  for _, key in ipairs({'active:', 'batches:', 'lanes:', 'damaged:', 'queue:'}) do call('DEL', root .. key .. queue.name) end
  call('SREM', root .. 'queues', queue.name)
  call('SREM', root .. 'parking', queue.name)
  call('ZREM', root .. 'ready', queue.name)
  queue.known, queue.touched = false, false
  return DONE
end

local reply = keep(commands[ARGV[5]]())
finishStep()
return {0, reply}
