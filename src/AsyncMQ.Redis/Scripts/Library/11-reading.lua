-- Needs: 01-step, 02-records
-- What is read of a job beside its record, as its bits say. Always its error, its progress and its links, for they are small; its body when its options are
-- in it.
local function readParts(queue, id, record, parts, reply)
  if #record < FIXED then return end
  local bits, extra = byte(record, 2), root .. 'extra:' .. queue
  if has(bits, LARGE) then reply[#reply + 1] = call('HGET', root .. 'body:' .. queue, id) or '' end
  if has(byte(record, 77), DEDUPLICATION) then reply[#reply + 1] = call('HGET', extra, 'd' .. id) or '' end
  if has(byte(record, 77), LINKED) then
    reply[#reply + 1] = call('HGET', extra, 'x' .. id) or ''
    if has(parts, 16) then reply[#reply + 1] = call('HGET', extra, 'y' .. id) or '' end
  end
  if has(bits, ERROR) then reply[#reply + 1] = call('HGET', extra, 'e' .. id) or '' end
  if has(bits, PROGRESS) then reply[#reply + 1] = call('HGET', extra, 'p' .. id) or '' end
  if has(bits, RESULT) and has(parts, 2) then reply[#reply + 1] = call('HGET', extra, 'r' .. id) or '' end
  if has(bits, ATTEMPTS) and has(parts, 4) then reply[#reply + 1] = call('HGET', extra, 'a' .. id) or '\0' end
  if has(bits, LOGS) and has(parts, 8) then reply[#reply + 1] = call('LRANGE', root .. 'log:' .. queue .. '\0' .. id, 0, -1) end
end
