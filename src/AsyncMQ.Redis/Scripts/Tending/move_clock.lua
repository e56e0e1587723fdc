-- Needs: 01-step, 03-queues, 06-moves, 07-ready
-- Moves the store's clock, for tests, and wakes everybody: what was ready may be ready only later.
-- ARGV: 1 offset in microseconds.   Reply: {0}.

call('HSET', root, 'offset', ARGV[1])
begin()
for _, name in ipairs(call('SMEMBERS', root .. 'queues')) do touch(queueOf(name)) end
tell('C')
finishStep()
return {0}
