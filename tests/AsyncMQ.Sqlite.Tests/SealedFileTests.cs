using System.Text;
using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Sealing;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>What lies on the disk: with encryption on, no payload can be read in the file, its log or the memory shared beside it.</summary>
public class SealedFileTests
{
    // A text that stands in it for one that must not: without it, looking for nothing would find nothing.
    private const string Known = "known-header";
    private static readonly string[] Kinds = ["argument", "result", "progress", "line", "error", "repeated", "local", "kept"];

    [Fact]
    public async Task No_payload_is_found_in_the_file_or_beside_it() => Assert.Empty(await FoundAsync(mq => mq.Encrypted(1)));

    [Fact]
    public async Task Without_encryption_each_of_them_is_found() => Assert.Equal(Kinds.Order(), (await FoundAsync(mq => mq)).Order());

    // Which kinds of payload were found, with the workers still running, and when all was closed.
    private static async Task<IReadOnlyCollection<string>> FoundAsync(Func<AsyncMQBuilder, AsyncMQBuilder> configure)
    {
        string path = SqliteStores.NewPath();
        var found = new HashSet<string>();
        await using (AsyncMQHost mq = AsyncMQHost.Create(mq => configure(Working(mq.UseSqlite(path)))))
        {
            await mq.StartAsync();
            await FillAsync(mq);
            found.UnionWith(FoundIn(path, isOpen: true));
        }

        found.UnionWith(FoundIn(path, isOpen: false));
        return found;
    }

    private static async Task FillAsync(AsyncMQHost mq)
    {
        IJobQueue queue = mq.Queue();
        Dictionary<string, string> headers = new() { ["it"] = Known };
        await queue.UpsertRepeatableAsync("r", Schedule.Every(TimeSpan.FromMilliseconds(20)), JobSpec.Of("work", [Of("repeated")]));
        using IDisposable local = queue.AddLocalRepeatable("l", Schedule.Every(TimeSpan.FromMilliseconds(20)), JobSpec.Of("work", [Of("local")]));
        IReadOnlyList<JobHandle> jobs = await queue.AddBulkAsync([.. Enumerable.Range(0, 500).Select(i => JobSpec.Of("work", [Of("argument"), i], new() { JobId = $"job-{i}", Headers = headers }))]);
        var flow = new Flow("flow");
        FlowNode[] parts = [.. Enumerable.Range(0, 20).Select(i => flow.Add("work", [Of("argument"), i]))];
        FlowNode whole = flow.Add("whole", null, null, parts);
        FlowHandle added = await mq.Client.AddFlowAsync(flow);
        await queue.AddAsync("hold", null, new() { JobId = "hold", Deduplication = new("kept") { KeepLastIfActive = true } });
        await Hosts.Until(() => queue.GetJobStateAsync("hold").GetAwaiter().GetResult() == JobState.Active);
        JobHandle kept = await queue.AddAsync("work", [Of("kept")], new() { Deduplication = new("kept") { KeepLastIfActive = true } });

        foreach (JobHandle job in jobs)
            await job.Ends();
        await added[whole].WaitAsync().WaitAsync(Hosts.Patience);
        await Clients.Until(async () => (await queue.GetRepeatableAsync("r"))!.Runs >= 3);
        Assert.Equal(AddOutcome.Deduplicated, kept.Outcome);
    }

    private static AsyncMQBuilder Working(AsyncMQBuilder mq) => mq
        .AddHandler("hold", (_, token) => Task.Delay(Timeout.Infinite, token))
        .AddHandler("whole", async (context, token) => (await context.GetDependenciesAsync(token)).Count)
        .AddHandler("work", async (context, token) =>
        {
            await context.LogAsync(Of("line"), token);
            await context.ReportProgressAsync(50, Of("progress"), token);
            return context.Attempt == 1 ? throw new InvalidOperationException(Of("error")) : Of("result");
        }, handler => (handler.Retries, handler.Backoff) = (2, Backoff.None))
        .AddWorker(Drafts.DefaultQueue, worker => worker.ShutdownTimeout = TimeSpan.Zero);

    private static IEnumerable<string> FoundIn(string path, bool isOpen)
    {
        string[] files = [path, path + "-wal", path + "-shm"];
        Assert.Equal(isOpen ? files : files[..1], files.Where(File.Exists));
        string all = string.Concat(files.Where(File.Exists).Select(Read));
        Assert.Contains(Known, all, StringComparison.Ordinal);
        return Kinds.Where(kind => all.Contains(Of(kind), StringComparison.Ordinal) || InBase64(Of(kind)).Any(text => all.Contains(text, StringComparison.Ordinal)));
    }

    // As base64 shows it at each of three offsets, but for its ends.
    private static IEnumerable<string> InBase64(string text) =>
        Enumerable.Range(0, 3).Select(offset => Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', offset) + text + "  "))[4..^6]);

    private static string Of(string kind) => $"{KeyRings.Secret} of an {kind}, long enough to be met by no chance";

    private static string Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var text = new StreamReader(file, Encoding.Latin1);
        return text.ReadToEnd();
    }

}
