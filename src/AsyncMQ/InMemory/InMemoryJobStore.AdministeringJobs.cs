using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Commands for jobs by name.</content>
internal sealed partial class InMemoryJobStore
{
    private JobChangeReply[] AdministerJobs(AdministerJobsStep step)
    {
        var replies = new JobChangeReply[step.Jobs.Count];
        for (int i = 0; i < replies.Length; i++)
        {
            JobEntry? entry = Find(step.Jobs[i]);
            JobState? before = entry?.State;
            replies[i] = new(entry is null ? JobChangeOutcome.NotFound : Administer(entry, step), before);
        }

        SpreadEffects();
        return replies;
    }

    private JobChangeOutcome Administer(JobEntry entry, AdministerJobsStep step)
    {
        bool isExpected = (step.Expected & (JobStateSet)(1 << (int)entry.State)) != 0;
        if (!isExpected || IsAfter(entry, step.NotAfter))
            return JobChangeOutcome.WrongState;

        return step.Command switch
        {
            JobCommand.Remove => Remove(entry),
            JobCommand.Retry => Retry(entry),
            JobCommand.Promote => Promote(entry),
            JobCommand.Cancel => Cancel(entry),
            JobCommand.Reschedule => Reschedule(entry, DueTime(step.RunAt, step.Delay)),
            JobCommand.Watch => Watch(entry),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step.Command, "There is no such command."),
        };
    }

    // An ended job counts from its end, so that a loop of retries does not meet a job again that has failed again meanwhile.
    private static bool IsAfter(JobEntry entry, DateTimeOffset? limit) =>
        limit is { } notAfter && (entry.State.IsFinal() ? entry.At : entry.AddedAt) > notAfter.UtcTicks;

    private JobChangeOutcome Remove(JobEntry entry)
    {
        if (entry.State == JobState.Active)
            AnnounceMail(entry.Session!);
        Finish(entry, null);
        return JobChangeOutcome.Done;
    }

    private JobChangeOutcome Retry(JobEntry entry)
    {
        if (!entry.State.IsFinal())
            return JobChangeOutcome.WrongState;
        if (WouldFailAgain(entry))
            return JobChangeOutcome.DependencyFailed;
        if (!TryOwnAgain(entry))
            return JobChangeOutcome.DeduplicationTaken;

        (entry.Attempt, entry.Stalls) = (0, 0);
        if (entry.Extras is { } extras)
        {
            (extras.Result, extras.Error) = (default, default);
            if (entry.HasTimeToLive)
                extras.ExpiresAt = now + extras.TimeToLive.Ticks;
        }

        if (entry.IsTied && ReopenLinks(entry))
            MoveToWaitingChildren(entry);
        else
            MoveToWaiting(entry);
        TellRetried(entry);
        return JobChangeOutcome.Done;
    }

    private JobChangeOutcome Promote(JobEntry entry)
    {
        switch (entry.State)
        {
            case JobState.Delayed:
                MoveToWaiting(entry);
                Tell(JobEventKinds.Promoted, entry);
                return JobChangeOutcome.Done;
            case JobState.WaitingChildren when TryLetGo(entry):
                return JobChangeOutcome.Done;
            default:
                return JobChangeOutcome.WrongState;
        }
    }

    private JobChangeOutcome Cancel(JobEntry entry)
    {
        if (entry.State.IsFinal())
            return JobChangeOutcome.WrongState;
        if (entry.State != JobState.Active)
        {
            Finish(entry, JobState.Cancelled);
            return JobChangeOutcome.Done;
        }

        // It keeps its slot until its handler returns; the session hears of it with each renewal until then.
        entry.CancelRequested = true;
        entry.Session!.Cancellations.Add(entry);
        AnnounceMail(entry.Session);
        return JobChangeOutcome.Requested;
    }

    private JobChangeOutcome Reschedule(JobEntry entry, long dueAt)
    {
        if (entry.State is not (JobState.Delayed or JobState.Waiting))
            return JobChangeOutcome.WrongState;

        if (dueAt > now)
        {
            MoveToDelayed(entry, dueAt);
            Tell(JobEventKinds.Rescheduled, entry);
        }
        else if (entry.State == JobState.Delayed)
        {
            MoveToWaiting(entry);
            Tell(JobEventKinds.Promoted, entry);
        }

        return JobChangeOutcome.Done;
    }

    private static JobChangeOutcome Watch(JobEntry entry)
    {
        entry.Flags |= JobFlags.Watched;
        return JobChangeOutcome.Done;
    }
}
