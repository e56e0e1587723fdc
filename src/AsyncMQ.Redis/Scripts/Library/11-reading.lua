-- Needs: 01-step, 02-records
-- Whether a record can be one, as StoredRecord has it: of one that cannot, nothing more is read.
local function isReadable(record)
  if #record < FIXED or byte(record) > CANCELLED then return false end
  local workerLength, nameLength = unpackFields('>I2', record, 31), unpackFields('>I2', record, 94)
  local body, texts = FIXED + nameLength, #record - workerLength
  if has(byte(record, 69), KEYED) then
    if body + 2 > #record then return false end
    body = body + 2 + unpackFields('>I2', record, body + 1)
  end
  return body <= texts
end

-- What is read of a job: its record, or false; its place, of one that is active or has ended; and what there is beside the record, as its bits say. Always its
-- error, its progress and its links, for they are small; its body when its options are in it. The place is looked up where the caller does not know it.
local function readJob(queue, id, parts, reply, place)
  local record = call('HGET', root .. 'jobs:' .. queue, id)
  reply[#reply + 1] = record
  if not record or not isReadable(record) then return end
  local state, bits, extra = byte(record), byte(record, 2), root .. 'extra:' .. queue
  if state == ACTIVE or state >= COMPLETED then
    local index = state == ACTIVE and 'active:' or 'ended' .. state .. ':'
    reply[#reply + 1] = place or call('ZSCORE', root .. index .. queue, id) or '0'
  end
  if has(bits, LARGE) then reply[#reply + 1] = call('HGET', root .. 'body:' .. queue, id) or '' end
  if has(byte(record, 69), DEDUPLICATION) then reply[#reply + 1] = call('HGET', extra, 'd' .. id) or '' end
  if has(byte(record, 69), LINKED) then
    reply[#reply + 1] = call('HGET', extra, 'x' .. id) or ''
    if has(parts, 16) then reply[#reply + 1] = call('HGET', extra, 'y' .. id) or '' end
  end
  if has(bits, ERROR) then reply[#reply + 1] = call('HGET', extra, 'e' .. id) or '' end
  if has(bits, PROGRESS) then reply[#reply + 1] = call('HGET', extra, 'p' .. id) or '' end
  if has(bits, RESULT) and has(parts, 2) then reply[#reply + 1] = call('HGET', extra, 'r' .. id) or '' end
  if has(bits, ATTEMPTS) and has(parts, 4) then reply[#reply + 1] = call('HGET', extra, 'a' .. id) or '\0' end
  if has(bits, LOGS) and has(parts, 8) then reply[#reply + 1] = call('LRANGE', root .. 'log:' .. queue .. '\0' .. id, 0, -1) end
end
