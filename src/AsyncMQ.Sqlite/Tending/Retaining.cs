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

    /// <summary>How many spared jobs a step looks past; what they hide is removed when they are 60 s old.</summary>
    private const int MostSpared = 1_000;

    private static readonly JobState[] FailedStates = [JobState.Failed];
    private static readonly JobState[] OtherEnds = [JobState.Completed, JobState.Expired, JobState.Cancelled];

    private readonly Statement oldest = books.Database.Prepare("maintain/oldest");
    private readonly List<Ended> found = [];

    public void Retain(QueueEntry queue, RetentionPolicy policy, Budget budget)
    {
        Retain(queue, OtherEnds, policy.Age, policy.Count, budget);
        Retain(queue, FailedStates, policy.FailedAge, policy.FailedCount, budget);
    }

    private void Retain(QueueEntry queue, JobState[] states, TimeSpan? age, int? count, Budget budget)
    {
        if (age is null && count is null)
            return;

        long ended = states.Sum(state => queue[state]);
        long tooOld = age is { } limit ? books.Now - limit.Ticks : long.MinValue;
        bool isTooMany = count is { } most && ended > most;
        Collect(queue, states, isTooMany ? long.MaxValue : tooOld, budget.Left + MostSpared);

        // Those spared stay where they are and count like any other, so the walk goes as far as the policy reaches, not farther.
        foreach (Ended job in found)
        {
            bool isOld = job.Since < tooOld;
            if (budget.Left == 0 || (!isOld && (count is not { } keep || ended <= keep)))
                return;

            ended--;
            if (IsSpared(job) || books.Jobs.Find(job.Handle) is not { } row)
                continue;
            if (!isOld)
                Bury(row, age);
            finishing.Finish(row, null);
            budget.Spend(1);
        }
    }

    /// <summary>Somebody waits for it, or is about to come for its result.</summary>
    private bool IsSpared(in Ended job) =>
        ((job.Flags & (JobFlags.Watched | JobFlags.ResultWanted)) != 0 && books.Now - job.Since < WatchedIsKept)
        || ((job.Flags & JobFlags.Dependents) != 0 && lateDependents.Any(job.Handle));

    /// <summary>The oldest of some final states, oldest first.</summary>
    private void Collect(QueueEntry queue, JobState[] states, long before, int limit)
    {
        found.Clear();
        if (limit <= MostSpared)
            return;

        foreach (JobState state in states)
        {
            if (queue[state] == 0)
                continue;
            oldest.Start().Bind(queue.Id).Bind((int)state).Bind(before).Bind(limit);
            while (oldest.Step())
                found.Add(new(oldest.Long(0), oldest.Long(1), oldest.Long(2), (JobFlags)oldest.Int(3)));
        }

        found.Sort();
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

    private readonly record struct Ended(long Handle, long Since, long Sequence, JobFlags Flags) : IComparable<Ended>
    {
        public int CompareTo(Ended other) => Since != other.Since ? Since.CompareTo(other.Since) : Sequence.CompareTo(other.Sequence);
    }
}
