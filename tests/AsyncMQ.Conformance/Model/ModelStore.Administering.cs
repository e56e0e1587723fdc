namespace AsyncMQ.Conformance.Model;

/// <content>What people and housekeeping do.</content>
internal sealed partial class ModelStore
{
    public IReadOnlyList<JobChangeReply> Administer(AdministerJobsStep step)
    {
        JobChangeReply[] replies = [.. step.Jobs.Select(job => Administer(job, step))];
        WorkOff();
        return replies;
    }

    private JobChangeReply Administer(JobRef name, AdministerJobsStep step)
    {
        if (Find(name) is not { } job)
            return new(JobChangeOutcome.NotFound, null);
        JobState before = job.State;
        bool isExpected = step.Expected.HasFlag((JobStateSet)(1 << (int)before));
        return new(isExpected ? Do(job, step) : JobChangeOutcome.WrongState, before);
    }

    private JobChangeOutcome Do(ModelJob job, AdministerJobsStep step)
    {
        switch (step.Command)
        {
            case JobCommand.Remove:
                Remove(job);
                return JobChangeOutcome.Done;
            case JobCommand.Watch:
                job.Flags |= JobFlags.Watched;
                return JobChangeOutcome.Done;
            case JobCommand.Retry when job.State.IsFinal():
                return Retry(job);
            case JobCommand.Promote when job.State == JobState.Delayed:
                ToWaiting(job, SequenceOf(job));
                return JobChangeOutcome.Done;
            case JobCommand.Promote when job.State == JobState.WaitingChildren:
                return LetGo(job);
            case JobCommand.Cancel when job.State == JobState.Active:
                job.CancelRequested = true;
                return JobChangeOutcome.Requested;
            case JobCommand.Cancel when !job.State.IsFinal():
                Finish(job, JobState.Cancelled);
                return JobChangeOutcome.Done;
            case JobCommand.Reschedule when job.State is JobState.Waiting or JobState.Delayed:
                DateTimeOffset due = step.RunAt ?? Now + step.Delay!.Value;
                if (due > Now || job.State == JobState.Delayed)
                    ToWaitingOrDelayed(job, due);
                return JobChangeOutcome.Done;
            default:
                return JobChangeOutcome.WrongState;
        }
    }

    private JobChangeOutcome Retry(ModelJob job)
    {
        ModelQueue queue = Queues[job.Ref.Queue];
        ModelHold? hold = job.Draft.Deduplication is { } asked ? queue.Holds.GetValueOrDefault(asked.Id) : null;
        bool takesOver = job.Draft.Deduplication is not null && hold?.Owner != job;
        if (WouldFail(job))
            return JobChangeOutcome.DependencyFailed;
        if (takesOver && hold?.IsHeld(Now) == true)
            return JobChangeOutcome.DeduplicationTaken;

        DecideAnew(job);
        if (takesOver)
            Own(queue, job, job.AddedAt + job.Draft.Deduplication!.Ttl);
        effects.RemoveAll(effect => effect.Dependency == job);
        (job.Attempt, job.Stalls, job.Result, job.Error) = (0, 0, "", "");
        if (!HoldBack(job))
        {
            job.ExpiresAt = Now + job.Draft.TimeToLive;
            ToWaiting(job, ++lastNumber);
        }

        return JobChangeOutcome.Done;
    }

    public QueueReply Administer(string name, QueueCommand command)
    {
        if (command is QueueCommand.Pause or QueueCommand.SetRetention or QueueCommand.SetLimits or QueueCommand.SetKeyLimits or QueueCommand.Hold)
            QueueNamed(name);
        if (!Queues.TryGetValue(name, out ModelQueue? queue))
            return command is QueueCommand.Resume ? QueueReply.Done : QueueReply.NotFound;

        switch (command)
        {
            case QueueCommand.Pause pause:
                queue.PausedUntil = pause.For is { } time ? Now + time : DateTimeOffset.MaxValue;
                return QueueReply.Done;
            case QueueCommand.Resume:
                queue.PausedUntil = null;
                return QueueReply.Done;
            case QueueCommand.SetRetention set:
                queue.Retention = set.Retention;
                return QueueReply.Done;
            case QueueCommand.SetLimits set:
                return SetLimits(queue, set.Limits);
            case QueueCommand.SetKeyLimits set:
                return SetKeyLimits(queue, set);
            case QueueCommand.Hold hold:
                return Hold(queue, hold);
            case QueueCommand.Close close:
                if (!close.Force && queue.Jobs.Values.Any(job => job.State == JobState.Active))
                    return QueueReply.Busy;
                queue.IsClosed = true;
                return QueueReply.Done;
            case QueueCommand.Delete:
                if (!queue.IsClosed || queue.Jobs.Count > 0)
                    return QueueReply.Busy;
                Queues.Remove(name);
                return QueueReply.Done;
            case QueueCommand.ReleaseDeduplication release:
                return Release(queue, release.Id);
            default:
                throw new ArgumentOutOfRangeException(nameof(command));
        }
    }

    private QueueReply Release(ModelQueue queue, string id)
    {
        if (queue.Holds.GetValueOrDefault(id) is not { } hold || !hold.IsHeld(Now))
            return QueueReply.NotFound;
        queue.Holds.Remove(id);
        if (TakeKept(queue, hold) is { } kept)
            Begin(Store(queue, kept));
        return QueueReply.Done;
    }

    /// <summary>Housekeeping without a limit that matters; counts of 0 or any number only, so that it does not depend on who ended first in a step.</summary>
    public (int Removed, int Expired) Maintain(RetentionPolicy policy)
    {
        int expired = InOrderOfExpiry(Jobs).Count(ExpireIfOver);
        int removed = 0;
        foreach (ModelQueue queue in Queues.Values)
        {
            foreach (ModelJob job in queue.Jobs.Values.Where(job => job.State.IsFinal()).ToArray())
                removed += Retain(queue, job, queue.Retention ?? policy) ? 0 : 1;
        }

        WorkOff();
        return (removed, expired);
    }

    private bool Retain(ModelQueue queue, ModelJob job, RetentionPolicy policy)
    {
        (TimeSpan? age, int? count) = job.State == JobState.Failed ? (policy.FailedAge, policy.FailedCount) : (policy.Age, policy.Count);
        bool isTooOld = Now - job.EndedAt > age;
        bool isSpared = (job.Flags & (JobFlags.Watched | JobFlags.ResultWanted)) != 0 && Now - job.EndedAt < TimeSpan.FromSeconds(60);
        if (isSpared || IsNeeded(job) || (!isTooOld && count != 0))
            return true;

        if (!isTooOld && job.Flags.HasFlag(JobFlags.CustomId) && job.State != JobState.Cancelled)
            queue.Tombstones[job.Ref.Id] = new(job.Draft.Stamp, job.State, age is { } limit ? job.EndedAt + limit : DateTimeOffset.MaxValue);
        Remove(job);
        return false;
    }
}
