-- Needs: 01-step, 02-records, 03-batches
-- What is read of a job: its record, or false, and in a list what there is beside it: its place, of one that is active or has ended, and what its bits say.
-- Always its error, its progress and its links, for they are small; its body when its options are in it. The place is looked up where the caller does not know it.
-- A list, so that whoever reads on behind a record that makes no sense is not misled by it. Waits: the caller met it among those that do.
local function readJob(queue, id, parts, reply, place, waits)
  local record = call('HGET', root .. 'jobs:' .. queue, id)
  if record and not waits and #record >= FIXED and byte(record) <= ACTIVE then record, place = batches.look(queue, id, record, place) end
  reply[#reply + 1] = record
  if not record then return end
  local beside = {}
  reply[#reply + 1] = beside
  if #record < FIXED then return end
  local state, bits, extra = byte(record), byte(record, 2), root .. 'extra:' .. queue
  if state == ACTIVE or state >= COMPLETED then
    local index = state == ACTIVE and 'active:' or 'ended' .. state .. ':'
    beside[1] = text(math.floor(place or call('ZSCORE', root .. index .. queue, id) or 0))
  end
  if has(bits, LARGE) then beside[#beside + 1] = call('HGET', root .. 'body:' .. queue, id) or '' end
  if has(byte(record, 86), DEDUPLICATION) then beside[#beside + 1] = call('HGET', extra, 'd' .. id) or '' end
  if has(byte(record, 86), LINKED) then
    beside[#beside + 1] = call('HGET', extra, 'x' .. id) or ''
    if has(parts, 16) then beside[#beside + 1] = call('HGET', extra, 'y' .. id) or '' end
  end
  if has(bits, ERROR) then beside[#beside + 1] = call('HGET', extra, 'e' .. id) or '' end
  if has(bits, PROGRESS) then beside[#beside + 1] = call('HGET', extra, 'p' .. id) or '' end
  if has(bits, RESULT) and has(parts, 2) then beside[#beside + 1] = call('HGET', extra, 'r' .. id) or '' end
  if has(bits, ATTEMPTS) and has(parts, 4) then beside[#beside + 1] = call('HGET', extra, 'a' .. id) or '\0' end
  if has(bits, LOGS) and has(parts, 8) then beside[#beside + 1] = call('LRANGE', root .. 'log:' .. queue .. '\0' .. id, 0, -1) end
end
