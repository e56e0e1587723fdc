-- Needs: 01-step, 03-queues, 05-keys, 06-moves, 07-ready
-- Moves the store's clock, for tests, and wakes everybody: what was ready may be ready only later.
-- ARGV: 1 offset in microseconds.   Reply: {0}.

local isBack = tonumber(ARGV[1]) < tonumber(call('HGET', root, 'offset') or 0)
call('HSET', root, 'offset', ARGV[1])
begin()
for _, name in ipairs(call('SMEMBERS', root .. 'queues')) do
  local queue = queueOf(name)
  if isBack then
    queue.reviewFrom = ''
    keys.reviewAll(queue, 1000)
  end
  touch(queue)
end
tell('C')
finishStep()
return {0}
