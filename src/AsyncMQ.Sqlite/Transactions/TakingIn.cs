using System.Text.Json;
using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Producing;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Working;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Transactions;

/// <summary>Makes jobs of the groups whose transactions have committed, in their order.</summary>
internal sealed class TakingIn(Books books, Adding adding, TakenIds ids, Storing storing, Finishing finishing, Spreading spreading)
{
    private const int MostJobs = 1_000;

    /// <summary>One that failed, and took its transaction with it: the next puts it aside, lest it holds up every step.</summary>
    private long? failed;

    /// <summary>Takes in at most 1 000 jobs, or one group if that is larger.</summary>
    public void Run()
    {
        if (!books.Inbox.Any())
            return;

        if (failed is { } number)
            PutAside(number);
        failed = null;
        int jobs = 0;
        long after = 0;
        while (Next(after, MostJobs - jobs, isFirst: jobs == 0) is { } group)
        {
            after = group.Number;
            jobs += group.Jobs;
            TakeIn(group);
        }

        books.Inbox.LookAgain();

        // A job that gave way to one of these may have had dependents.
        spreading.WorkOff();
    }

    private Waiting? Next(long after, int most, bool isFirst)
    {
        Statement row = books.Database.Prepare("inbox/next").Start().Bind(after);
        if (!row.Step())
            return null;
        int jobs = Math.Max(1, row.Int(1));
        Waiting? next = isFirst || jobs <= most ? new(row.Long(0), jobs, row.Bytes(2)) : null;
        row.Reset();
        return next;
    }

    private void TakeIn(Waiting waiting)
    {
        if (TryRead(waiting.Data) is not { } group)
        {
            PutAside(waiting.Number);
            return;
        }

        try
        {
            if (adding.Add(group).Refusal is { } refusal)
                Refuse(group, refusal);
        }
        catch (Exception error) when (error is not SqliteFault { IsOfTheStatement: false })
        {
            failed = waiting.Number;
            throw;
        }

        books.Database.Prepare("inbox/delete").Start().Bind(waiting.Number).Run();
    }

    /// <summary>A group; null when it is damaged, or of a later version.</summary>
    private static AddGroup? TryRead(byte[] data)
    {
        try
        {
            return DeferredGroups.Unpack(data);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Out of the way. The audit tells of it.</summary>
    private void PutAside(long number) => books.Database.Prepare("inbox/put-aside").Start().Bind(number).Run();

    /// <summary>Nobody is there to be told, so failed jobs tell it. They wait for nobody, belong to no flow and hold no deduplication id.</summary>
    private void Refuse(AddGroup group, AddRefusal refusal)
    {
        ReadOnlyMemory<byte> error = DeferredGroups.ErrorOf(refusal);
        foreach (NewJob job in group.Jobs)
        {
            QueueEntry queue = books.Queues.FindOrAdd(job.Ref.Queue);
            if (ids.TryFree(queue, job.Ref.Id)
                && storing.TryStore(queue, job with { Delay = TimeSpan.Zero, RunAt = null }) is { } handle
                && books.Jobs.Find(handle) is { } stored)
                finishing.Fail(stored, error);
        }
    }

    private readonly record struct Waiting(long Number, int Jobs, byte[] Data);
}
