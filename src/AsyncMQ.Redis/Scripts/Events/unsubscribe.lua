-- Needs: 01-step, 15-subscribers
-- Ends a subscription to events.
-- ARGV: 1 its id.   Reply: {0}.

begin()
call('ZREM', root .. 'subscribers', ARGV[1])
call('HDEL', root .. 'wishes', ARGV[1])
joinInterests()
return {0}
