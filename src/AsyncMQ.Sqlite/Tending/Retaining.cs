using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Working;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Tending;

/// <summary>Removes ended jobs that are older than the policy's age, or more than its count.</summary>
internal sealed class Retaining(Books books, Finishing finishing, LateDependents lateDependents)
{
    /// <summary>How long a job that somebody waits for is kept after its end, whatever the policy says.</summary>
    private static readonly long WatchedIsKept = TimeSpan.FromSeconds(60).Ticks;

    /// <summary>How many spared jobs a step looks past; the next goes on behind them.</summary>
    private const int MostSpared = 1_000;

    private static readonly JobState[] FailedStates = [JobState.Failed];
    private static readonly JobState[] OtherEnds = [JobState.Completed, JobState.Expired, JobState.Cancelled];

    private readonly Statement oldest = books.Database.Prepare("maintain/oldest");
    private readonly List<Ended> found = [];

    /// <summary>Where walks stopped before they came to their ends.</summary>
    private readonly Dictionary<(long Queue, bool IsOfFailed), Stop> stops = [];

    /// <summary>Removes what the policy does not keep, as far as the budget goes. Returns false when it has not seen all of it.</summary>
    public bool Retain(QueueEntry queue, RetentionPolicy policy, Budget budget) =>
        Retain(queue, OtherEnds, policy.Age, policy.Count, budget) & Retain(queue, FailedStates, policy.FailedAge, policy.FailedCount, budget);

    private bool Retain(QueueEntry queue, JobState[] states, TimeSpan? age, int? count, Budget budget)
    {
        if ((age is null && count is null) || budget.Left == 0)
            return true;

        var walk = (queue.Id, states == FailedStates);
        if (!stops.Remove(walk, out Stop stop))
            stop = Stop.None;
        long ended = states.Sum(state => queue[state]) - stop.Spared;
        long tooOld = age is { } limit ? books.Now - limit.Ticks : long.MinValue;
        bool isTooMany = count is { } most && ended > most;
        bool isCut = Collect(queue, states, stop, (isTooMany ? long.MaxValue : tooOld, budget.Left + MostSpared));

        // Those spared stay where they are and count like any other, so the walk goes as far as the policy reaches, not farther.
        foreach (Ended job in found)
        {
            bool isOld = job.Since < tooOld;
            if (!isOld && (count is not { } keep || ended <= keep))
                return true;
            if (budget.Left == 0)
                break;

            ended--;
            stop = stop with { Since = job.Since, Sequence = job.Sequence };
            if (IsSpared(job) || !Remove(queue, job, isOld, age))
            {
                stop = stop with { Spared = stop.Spared + 1 };
                continue;
            }

            budget.Spend(1);
        }

        if (isCut || budget.Left == 0)
            stops[walk] = stop;
        return !isCut;
    }

    // Almost every job goes by one statement; others are read first, with all that belongs to them.
    private bool Remove(QueueEntry queue, in Ended job, bool isOld, TimeSpan? age)
    {
        if (job.IsPlain && !books.Telling.Book.WantsAny(JobEventKinds.Removed))
            return books.Jobs.DeletePlain(queue, job.Handle, job.State);
        if (books.Jobs.Find(job.Handle) is not { } row)
            return false;

        if (!isOld)
            Bury(row, age);
        finishing.Finish(row, null);
        return true;
    }

    /// <summary>Somebody waits for it, or is about to come for its result.</summary>
    private bool IsSpared(in Ended job) =>
        ((job.Flags & (JobFlags.Watched | JobFlags.ResultWanted)) != 0 && books.Now - job.Since < WatchedIsKept)
        || ((job.Flags & JobFlags.Dependents) != 0 && lateDependents.Any(job.Handle));

    /// <summary>The oldest of some final states behind a stop, oldest first. Returns true when there may be more.</summary>
    private bool Collect(QueueEntry queue, JobState[] states, Stop stop, (long Before, int Limit) most)
    {
        found.Clear();
        Ended? end = null;
        foreach (JobState state in states)
        {
            if (queue[state] == 0)
                continue;

            int before = found.Count;
            oldest.Start().Bind(queue.Id).Bind((int)state).Bind(stop.Since).Bind(stop.Sequence).Bind(most.Before).Bind(most.Limit);
            while (oldest.Step())
                found.Add(new(oldest.Long(0), state, oldest.Long(1), oldest.Long(2), (JobFlags)oldest.Int(3), (JobExtras)oldest.Int(4)));
            if (found.Count - before == most.Limit && (end is not { } earlier || found[^1].CompareTo(earlier) < 0))
                end = found[^1];
        }

        found.Sort();

        // Behind the place where one state was cut, jobs of that state are missing.
        if (end is { } cut)
            found.RemoveAll(job => job.CompareTo(cut) > 0);
        return end is not null;
    }

    /// <summary>A custom id stays taken as long as the age says, though the count removes the record. A cancelled one is free already.</summary>
    private void Bury(JobRow job, TimeSpan? age)
    {
        if (!job.Is(JobFlags.CustomId) || job.State == JobState.Cancelled)
            return;

        long until = age is { } limit ? Ticks.Add(job.Since, limit) : long.MaxValue;
        int added = books.Database.Prepare("maintain/bury").Start()
            .Bind(job.Queue.Id).Bind(job.Id).Bind((int)job.State).Bind(job.Stamp).Bind(until).Run();
        books.Queues.Touch(job.Queue);
        job.Queue.Tombstones += added;
    }

    /// <summary>The last job that a walk has looked at, and how many it has passed by.</summary>
    private readonly record struct Stop(long Since, long Sequence, long Spared)
    {
        public static readonly Stop None = new(long.MinValue, long.MinValue, 0);
    }

    private readonly record struct Ended(long Handle, JobState State, long Since, long Sequence, JobFlags Flags, JobExtras Extras) : IComparable<Ended>
    {
        private const JobFlags HaveMore =
            JobFlags.Deduplication | JobFlags.Key | JobFlags.Dependents | JobFlags.Linked | JobFlags.Watched | JobFlags.CustomId;

        /// <summary>Nothing belongs to it but its row, and nobody is to hear of its removal.</summary>
        public bool IsPlain => (Flags & HaveMore) == 0 && Extras == JobExtras.None;

        public int CompareTo(Ended other) => Since != other.Since ? Since.CompareTo(other.Since) : Sequence.CompareTo(other.Sequence);
    }
}
