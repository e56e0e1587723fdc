-- Needs: 01-step, 02-records, 03-events, 03-queues, 04-storing, 06-moves, 06-spreading, 07-ready, 08-claims
-- Ends a session: its claims go back to waiting, oldest first, the attempt refunded; those asked to stop are cancelled.
-- ARGV: 1 session.   Reply: {0}.

begin()
if not useSession(ARGV[1]) then return {0} end
for _, job in ipairs(rarely.claimsOf(session.number)) do
  local cancelled = has(job.bits, CANCELLING)
  if cancelled then moves.recordAttempt(job, 4, '') end
  job.attempt = job.attempt - 1
  if cancelled then
    moves.finish(job, CANCELLED)
  else
    moves.backToWaiting(job)
    if heard then journal().tellJob('Returned', job) end
  end
end
if hasEffects then links.spread() end
flush()
rarely.endSession(ARGV[1], session.number, false)
if heard and session.lease > 0 then journal().tell('WorkerDown', nil, ARGV[1], {name = session.name}) end
finishStep()
return {0}
