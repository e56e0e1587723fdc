using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Working;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Linking;

/// <summary>
/// Tells dependents what became of the jobs they depend on, by <see cref="DependencyRules"/>, so many in a step. A dependent that ends by it puts an effect
/// of its own at the end of the list: a cascade of any depth is a longer list, not a deeper stack.
/// </summary>
/// <remarks>
/// An effect decides each edge that is open when it comes to it, also one that was opened since: as long as the effect is there the job has stayed in the
/// state that it spreads, so whoever looked at that state since has decided the same.
/// </remarks>
internal sealed class Spreading(Books books, Links links, Releasing releasing, Finishing finishing)
{
    /// <summary>The most dependents in one step.</summary>
    public const int Most = 1_000;

    private readonly Statement next = books.Database.Prepare("effect/edges");
    private readonly List<Told> found = [];

    /// <summary>Works the list off as far as one step may, and wakes the workers when something is left.</summary>
    public void WorkOff()
    {
        if (WorkOff(Most) == 0 && books.Effects.Any())
            books.Ledger.Tell(new(StoreSignalKind.Changed));
    }

    /// <summary>Works the list off, telling at most so many dependents. Returns how many more could have been told.</summary>
    public int WorkOff(int most)
    {
        while (most > 0 && books.Effects.First() is { } effect)
            most -= Math.Min(most, Tell(effect, most));
        return most;
    }

    private int Tell(in Effect effect, int most)
    {
        found.Clear();
        next.Start().Bind(effect.Dependency).Bind(effect.Told.Dependent).Bind(effect.Told.Place).Bind(most + 1);
        while (next.Step())
            found.Add(Told.Read(next));

        int told = Math.Min(found.Count, most);
        for (int i = 0; i < told; i++)
        {
            if (found[i].Status == DependencyStatus.Open)
                Tell(effect, found[i]);
        }

        if (told < found.Count)
        {
            books.Effects.Advance(effect, found[told - 1].Edge);
            return told;
        }

        books.Effects.Remove(effect);
        return Math.Max(1, told + (effect.IsGone ? links.Delete(effect.Dependency) : 0));
    }

    private void Tell(in Effect effect, in Told told)
    {
        OnDependencyFailure policy = told.Link?.Policy ?? OnDependencyFailure.Fail;
        DependencyStatus status = DependencyRules.Decide(effect.Outcome, policy);
        if (status == DependencyStatus.Open)
            return;

        links.SetStatus(told.Edge, status);
        bool wasLast = links.CountDown(told.Edge.Dependent, told.Link?.Open ?? 0);
        bool fails = told.Link is null || (status == DependencyStatus.Broken && policy != OnDependencyFailure.Continue);
        if ((!fails && !wasLast) || books.Jobs.Find(told.Edge.Dependent) is not { State: JobState.WaitingChildren } job)
            return;

        if (fails)
            finishing.Fail(job, ErrorOf(effect, told));
        else
            releasing.Release(job, told.Link!.Value);
    }

    private ReadOnlyMemory<byte> ErrorOf(in Effect effect, in Told told) => told.Link is null
        ? "The store's record of this job is damaged: what it waits for is missing."u8.ToArray()
        : DependencyRules.ErrorOf(links.NameOf(told.QueueName, told.Id), effect.Outcome);

    /// <summary>An edge that an effect has come to.</summary>
    private readonly record struct Told(EdgePlace Edge, long QueueName, string Id, DependencyStatus Status, Link? Link)
    {
        public static Told Read(Statement row) => new(
            new(row.Long(0), row.Int(1)), row.Long(2), row.Text(3), (DependencyStatus)row.Int(4), Linking.Link.Read(row, 5));
    }
}
