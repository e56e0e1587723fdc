-- Needs: 01-step, 02-records, 03-queues, 05-links
-- What is counted of dependencies and flows, and the list of ends to be told. Read-only.
-- ARGV: 1 what:
--   'unended': 2 cursor.  Reply: {next cursor, then handle and count of each}
--   'open': handles.  Reply: for each how many dependents it holds back.
--   'flows': 2 from.  Reply: {next place or 0, then of each: id, jobs, unended, completed}
--   'effects': 2 from.  Reply: {next place or 0, faults ...}

begin()
local CHUNK = 500

if ARGV[1] == 'unended' then
  local found = call('HSCAN', root .. 'unended', ARGV[2], 'COUNT', CHUNK)
  local reply = {tonumber(found[1])}
  for i = 1, #found[2] do reply[i + 1] = tonumber(found[2][i]) end
  return reply
end

if ARGV[1] == 'open' then
  local reply = {}
  for i = 2, #ARGV do reply[i - 1] = call('ZCARD', links.dependentsKey(tonumber(ARGV[i]))) end
  return reply
end

local from = tonumber(ARGV[2])
if ARGV[1] == 'flows' then
  local ids = call('ZRANGE', root .. 'flows', from, from + CHUNK - 1)
  local reply = {#ids == CHUNK and from + CHUNK or 0}
  for _, id in ipairs(ids) do
    local kept = call('HMGET', links.flowKey(id), 'unended', 'completed')
    for _, value in ipairs({id, call('ZCARD', links.flowJobsKey(id)), tonumber(kept[1] or -1), tonumber(kept[2] or -1)}) do reply[#reply + 1] = value end
  end
  return reply
end

local found = call('ZRANGE', links.effects, from, from + CHUNK - 1)
local reply = {#found == CHUNK and from + CHUNK or 0}
if from == 0 and hasEffects ~= (#found > 0) then reply[2] = 'The installation does not know whether there are ends to be told to dependents.' end
for _, entry in ipairs(found) do
  local handle, outcome = unpackFields('>I8B', entry)
  local cut = string.find(entry, '\0', 10, true)
  local queue, id = sub(entry, 10, cut - 1), sub(entry, cut + 1)
  local job = find(queueOf(queue), id)
  if job and job.handle == handle and job.state ~= outcome then
    reply[#reply + 1] = queue .. '/' .. id .. ' is in state ' .. job.state .. ', but its dependents are told of ' .. outcome .. '.'
  end
end
return reply
