-- Needs: 01-step, 02-records, 03-queues, 07-ready, 14-figures
-- Adds figures to the buckets of now.
-- ARGV: 1 session, 2 lane, 3 sequence, then each: queue, name, how many numbers, then each: field, value.
-- Reply: {0 or 3, four bytes: how many entries were added}.

local lost = enter(ARGV[1], ARGV[2], ARGV[3])
if lost then return lost end

local added, argument = 0, 4
while argument <= #ARGV do
  local queue, name, count = queueOf(ARGV[argument]), ARGV[argument + 1], tonumber(ARGV[argument + 2])
  if queue.known and not queue.closed then
    for length in pairs(LENGTHS) do addFigures(queue, length, name, argument + 3, count) end
    added = added + 1
  end
  argument = argument + 3 + 2 * count
end

local reply = keep(pack('>I4', added))
finishStep()
return {0, reply}
