namespace AsyncMQ.Simulation.Witnessing;

/// <content>What people asked for.</content>
internal sealed partial class Witness
{
    private readonly Dictionary<string, long> pausedUntil = new(StringComparer.Ordinal);
    private readonly HashSet<string> closed = new(StringComparer.Ordinal);

    public void Administered(AdministerJobsStep step, IReadOnlyList<JobChangeReply> replies)
    {
        if (IsRepeated(step.Step))
            return;
        for (int i = 0; i < replies.Count; i++)
        {
            if (replies[i].Outcome is JobChangeOutcome.Done or JobChangeOutcome.Requested && step.Command != JobCommand.Remove)
                Administered(step, step.Jobs[i], replies[i]);
            else if (replies[i].Outcome == JobChangeOutcome.DependencyFailed && LifeOf(step.Jobs[i]) is { } refused)
                RefusedToRetry(refused);
        }
    }

    public void Administered(AdministerQueueStep step, QueueReply reply)
    {
        if (IsRepeated(step.Step) || reply != QueueReply.Done)
            return;
        world.Say($"queue {step.Queue}: {step.Command}");
        switch (step.Command)
        {
            case QueueCommand.Pause pause:
                pausedUntil[step.Queue] = pause.For is { } time ? Now + time.Ticks : long.MaxValue;
                break;
            case QueueCommand.Resume:
                pausedUntil.Remove(step.Queue);
                break;
            case QueueCommand.Close:
                closed.Add(step.Queue);
                break;
            case QueueCommand.Delete:
                pausedUntil.Remove(step.Queue);
                closed.Remove(step.Queue);
                foreach ((string Queue, string Id) held in exclusive.Keys.Where(held => held.Queue == step.Queue).ToArray())
                    exclusive.Remove(held);
                foreach ((string Queue, string Id) planned in schedules.Keys.Where(planned => planned.Queue == step.Queue).ToArray())
                    schedules.Remove(planned);
                break;
            case QueueCommand.ReleaseDeduplication release:
                exclusive.Remove((step.Queue, release.Id));
                break;
        }
    }

    private void Administered(AdministerJobsStep step, JobRef job, JobChangeReply reply)
    {
        if (LifeOf(job) is not { } life)
            return;

        world.Say($"{step.Command} {job}: {reply.Outcome}");
        switch (step.Command)
        {
            case JobCommand.Retry:
                if (life.End is null)
                    Blame($"Retry: {life} had not ended.");
                (life.End, life.Attempt, life.Stalls, life.CancelRequested, life.DueAt) = (null, 0, 0, false, 0);
                life.ExpiresAt = life.TimeToLive is { } ttl ? Now + ttl.Ticks : null;
                TakeExclusive(life);
                Retried(life);
                break;

            case JobCommand.Promote when reply.Before == JobState.WaitingChildren:
                Promoted(life);
                break;

            case JobCommand.Promote:
                life.DueAt = 0;
                break;

            case JobCommand.Reschedule:
                Leave(life);
                life.DueAt = step.RunAt?.UtcTicks ?? (Now + step.Delay.GetValueOrDefault().Ticks);
                break;

            case JobCommand.Cancel when reply.Outcome == JobChangeOutcome.Requested:
                if (life.Claim is not { } claim)
                    Blame($"Cancel: {life} was asked to stop, but nobody runs it.");
                else
                    world.Ledger.ExpectToldToStop(life, claim);
                life.CancelRequested = true;
                break;

            case JobCommand.Cancel when life.End != JobState.Cancelled:
                Blame($"Cancel: {life} was cancelled at once, but is not.");
                break;
        }
    }
}
