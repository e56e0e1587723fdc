-- Needs: 01-step, 03-queues, 05-deduplication
-- The job that owns a deduplication id now.
-- ARGV: 1 queue, 2 id.   Reply: {its id}, or {}.

begin()
local queue = queueOf(ARGV[1])
local hold = deduplication.holdOf(queue, ARGV[2])
return {hold and deduplication.isTaken(queue, hold) and hold.ownerId or nil}
