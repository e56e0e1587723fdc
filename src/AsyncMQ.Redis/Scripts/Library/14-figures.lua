-- Needs: 01-step, 02-records, 03-queues
-- Figures of queues, as in MetricRules: for each length of bucket (m, h) the sorted set figures<length>:<queue> has start NUL name by start, and the hash
-- figure<length>:<queue> NUL start NUL name the numbers: c, f, r, o of attempts, w and n with a part of the scale for how long jobs waited and ran.

local LENGTHS = {m = 60000000, h = 3600000000}
local figuresKey, figureKey, firstKept, addFigures, dropFigures, hasFigures

do -- what follows and is not named above is seen here only: a script has room for two hundred names

local KEPT_FOR = {m = 7200000000, h = 604800000000}
local MOST_NAMES = 1000

function figuresKey(queue, length) return root .. 'figures' .. length .. ':' .. queue.name end

function figureKey(queue, length, bucket) return root .. 'figure' .. length .. ':' .. queue.name .. '\0' .. bucket end

-- Buckets that begin before this are kept no more.
function firstKept(length)
  local from = math.max(0, now - KEPT_FOR[length])
  return from - from % LENGTHS[length]
end

-- Adds numbers, pairs of field and value among the arguments, to the bucket of now.
function addFigures(queue, length, name, from, count)
  local start = now - now % LENGTHS[length]
  local index, bucket = figuresKey(queue, length), text(start) .. '\0' .. name
  if not call('ZSCORE', index, bucket) and call('ZCOUNT', index, start, start) >= MOST_NAMES then bucket = text(start) .. '\0' end
  call('ZADD', index, start, bucket)
  local key = figureKey(queue, length, bucket)
  for i = from, from + 2 * count - 2, 2 do call('HINCRBY', key, ARGV[i], ARGV[i + 1]) end
end

-- Drops buckets that are too old, or all; so many names at most. Gives how many.
function dropFigures(queue, most, all)
  local dropped = 0
  for length in pairs(LENGTHS) do
    local index = figuresKey(queue, length)
    local old = call('ZRANGE', index, '-inf', all and '+inf' or '(' .. text(firstKept(length)), 'BYSCORE', 'LIMIT', 0, most - dropped)
    for i = 1, #old do call('DEL', figureKey(queue, length, old[i])) end
    bulk('ZREM', index, old)
    dropped = dropped + #old
  end
  return dropped
end

function hasFigures(queue)
  return call('EXISTS', figuresKey(queue, 'm'), figuresKey(queue, 'h')) > 0
end

end
