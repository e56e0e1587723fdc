using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Producing;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Working;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Tending;

/// <summary>Does one command to many jobs, each by itself.</summary>
internal sealed class AdministeringJobs(Books books, Deduplicating deduplicating, Finishing finishing, Redeciding redeciding, Spreading spreading)
{
    private const byte NoState = 255;

    public IReadOnlyList<JobChangeReply> Run(AdministerJobsStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        if (books.Sessions.Replay(session, step.Step) is { } before)
            return Read(before);

        var replies = new JobChangeReply[step.Jobs.Count];
        for (int i = 0; i < replies.Length; i++)
            replies[i] = Administer(step, step.Jobs[i]);

        // An earlier step's effects change what a second try would be answered, even when the commands changed nothing.
        if (books.Effects.Any() || Array.Exists(replies, reply => reply.Outcome is JobChangeOutcome.Done or JobChangeOutcome.Requested))
            books.Sessions.Keep(session, step.Step, Write(replies));
        spreading.WorkOff();
        return replies;
    }

    private JobChangeReply Administer(AdministerJobsStep step, JobRef name)
    {
        if (books.Jobs.Find(name) is not { } job)
            return new(JobChangeOutcome.NotFound, null);

        JobState before = job.State;

        // An ended job counts from its end, so that a loop of retries does not meet a job again that has failed again meanwhile.
        bool isTooYoung = step.NotAfter is { } latest && (before.IsFinal() ? job.Since : job.Added) > latest.UtcTicks;
        if (((int)step.Expected & (1 << (int)before)) == 0 || isTooYoung)
            return new(JobChangeOutcome.WrongState, before);

        return new(Do(step, job), before);
    }

    private JobChangeOutcome Do(AdministerJobsStep step, JobRow job) => step.Command switch
    {
        JobCommand.Remove => Remove(job),
        JobCommand.Retry => Retry(job),
        JobCommand.Promote => Promote(job),
        JobCommand.Cancel => Cancel(job),
        JobCommand.Reschedule => Reschedule(job, step.RunAt?.UtcTicks ?? Ticks.Add(books.Now, step.Delay ?? TimeSpan.Zero)),
        _ => Watch(job),
    };

    private JobChangeOutcome Remove(JobRow job)
    {
        finishing.Finish(job, null);
        return JobChangeOutcome.Done;
    }

    private JobChangeOutcome Retry(JobRow job)
    {
        if (!job.State.IsFinal())
            return JobChangeOutcome.WrongState;
        Redecision? dependencies = redeciding.Look(job);
        if (dependencies is { WouldFail: true })
            return JobChangeOutcome.DependencyFailed;
        if (!TryOwnAgain(job))
            return JobChangeOutcome.DeduplicationTaken;

        books.Jobs.SetBytes(job, JobPart.Result, default);
        books.Jobs.SetBytes(job, JobPart.Error, default);
        if ((job.Extras & JobExtras.Body) != 0)
            books.Jobs.Bodies.Delete(job.Handle, JobPart.Result, JobPart.Error);
        job.Attempt = job.Stalls = 0;
        job.Extras &= ~(JobExtras.Completing | JobExtras.CompletedWithin);
        bool isHeldBack = dependencies is not null && redeciding.Apply(job, dependencies);
        job.Expires = job.TimeToLive is { } ttl && !isHeldBack ? Ticks.Add(books.Now, new(ttl)) : null;
        job.Sequence = books.Ledger.NextNumber();
        books.Jobs.Enter(job, isHeldBack ? JobState.WaitingChildren : JobState.Waiting);
        books.Telling.Retried(job);
        return JobChangeOutcome.Done;
    }

    private bool TryOwnAgain(JobRow job)
    {
        if (job.DeduplicationId is not { } id)
            return true;

        Hold? hold = deduplicating.Find(job.Queue, id);
        if (hold is { } held && held.Owner != job.Handle && held.IsHeld(books.Now))
            return false;

        // The window counts from the add, so it is not opened anew.
        DateTimeOffset? ends = hold is { } own && own.Owner == job.Handle
            ? own.Record.WindowEnds
            : job.DeduplicationTtl is { } ttl ? Ticks.ToTime(Ticks.Add(job.Added, new(ttl))) : null;
        deduplicating.Own(job.Queue, id, job.Handle, job.Id, ends);
        return true;
    }

    private JobChangeOutcome Promote(JobRow job)
    {
        if (job.State == JobState.WaitingChildren && redeciding.TryLetGo(job))
            return JobChangeOutcome.Done;
        if (job.State != JobState.Delayed)
            return JobChangeOutcome.WrongState;

        books.Jobs.EnterBehind(job);
        books.Telling.Tell(JobEventKinds.Promoted, job);
        return JobChangeOutcome.Done;
    }

    private JobChangeOutcome Cancel(JobRow job)
    {
        if (job.State.IsFinal())
            return JobChangeOutcome.WrongState;
        if (job.State != JobState.Active)
        {
            finishing.Finish(job, JobState.Cancelled);
            return JobChangeOutcome.Done;
        }

        job.CancelRequested = true;
        books.Jobs.Save(job);
        if (job.Session is { } session)
            finishing.TellOwner(session);
        return JobChangeOutcome.Requested;
    }

    private JobChangeOutcome Reschedule(JobRow job, long due)
    {
        if (job.State is not (JobState.Delayed or JobState.Waiting))
            return JobChangeOutcome.WrongState;

        if (due > books.Now)
        {
            job.Due = due;
            books.Jobs.Enter(job, JobState.Delayed);
            books.Telling.Tell(JobEventKinds.Rescheduled, job);
        }
        else if (job.State == JobState.Delayed)
        {
            books.Jobs.EnterBehind(job);
            books.Telling.Tell(JobEventKinds.Promoted, job);
        }

        return JobChangeOutcome.Done;
    }

    private JobChangeOutcome Watch(JobRow job)
    {
        if (!job.Is(JobFlags.Watched))
        {
            job.Flags |= JobFlags.Watched;
            books.Jobs.SetFlags(job);
        }

        return JobChangeOutcome.Done;
    }

    private static byte[] Write(JobChangeReply[] replies)
    {
        byte[] data = new byte[replies.Length * 2];
        for (int i = 0; i < replies.Length; i++)
            (data[2 * i], data[(2 * i) + 1]) = ((byte)replies[i].Outcome, replies[i].Before is { } state ? (byte)state : NoState);
        return data;
    }

    private static JobChangeReply[] Read(byte[] data)
    {
        var replies = new JobChangeReply[data.Length / 2];
        for (int i = 0; i < replies.Length; i++)
        {
            byte state = data[(2 * i) + 1];
            replies[i] = new((JobChangeOutcome)data[2 * i], state == NoState ? null : (JobState)state);
        }

        return replies;
    }
}
