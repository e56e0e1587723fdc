using AsyncMQ;

namespace Quickstart;

/// <summary>What a run came to, read back from the store.</summary>
internal static class Summary
{
    private const int Largest = 10;

    public static async Task PrintAsync(IJobQueue queue, TimeSpan took, CancellationToken cancellationToken)
    {
        QueueStats stats = await queue.GetStatsAsync(cancellationToken);
        Console.WriteLine();
        foreach (JobState state in Enum.GetValues<JobState>())
        {
            if (stats[state] > 0 || state is JobState.Completed or JobState.Failed)
                Console.WriteLine($"{state.ToString().ToLowerInvariant()} {stats[state]}");
        }

        Console.WriteLine();
        Console.WriteLine($"The {Largest} largest files, from the stored results:");
        foreach (FileFacts facts in await LargestAsync(queue, cancellationToken))
            Console.WriteLine($"{facts.Bytes,12:N0} bytes {facts.Lines,9:N0} lines {facts.Words,9:N0} words  {facts.Sha256[..12]}  {facts.Path}");

        if (stats.Failed > 0)
            await PrintFailedAsync(queue, cancellationToken);
        Console.WriteLine();
        Console.WriteLine($"took {took.TotalSeconds:0.00} s");
    }

    private static async Task<IEnumerable<FileFacts>> LargestAsync(IJobQueue queue, CancellationToken cancellationToken)
    {
        var largest = new PriorityQueue<FileFacts, long>();
        await foreach (JobInfo job in queue.QueryAsync(new() { States = [JobState.Completed], Take = 1_000 }, cancellationToken))
        {
            FileFacts facts = job.Result.Get<FileFacts>()!;
            largest.Enqueue(facts, facts.Bytes);
            if (largest.Count > Largest)
                largest.Dequeue();
        }

        return largest.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element);
    }

    private static async Task PrintFailedAsync(IJobQueue queue, CancellationToken cancellationToken)
    {
        Console.WriteLine();
        JobPage page = await queue.GetJobsAsync(new() { States = [JobState.Failed], Take = Largest }, cancellationToken);
        foreach (JobInfo job in page.Jobs)
            Console.WriteLine($"failed: {job.Args["path"]}: {job.Error?.Message}");
        if (page.Total > Largest)
            Console.WriteLine($"… and {page.Total - Largest} more");
    }
}
