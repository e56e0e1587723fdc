using AsyncMQ.Conformance.Driving;
using Microsoft.Data.Sqlite;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Sqlite.Tests.Kept;

/// <summary>
/// Writes what a file of an earlier version is made of: unfinished jobs of every state, one claimed by a process that died, windows, tombstones, a parked
/// job, attempts, logs, a paused queue, a flow, a repeatable, limits and keys, events, figures, a deferred job, and one that a transaction completed. Written once per layout and committed; never written again over an old one.
/// </summary>
public class KeptFile
{
    [Fact]
    public async Task Is_written_when_asked_for()
    {
        string? path = Environment.GetEnvironmentVariable("ASYNCMQ_WRITE_KEPT");
        Assert.SkipWhen(path is null, "Set ASYNCMQ_WRITE_KEPT to the file to write, for example tests/AsyncMQ.Sqlite.Tests/Kept/layout-1.5.db.");
        Assert.False(File.Exists(path), $"{path} is there. A kept file is not written anew.");

        await using (IJobStore store = await SqliteStores.OpenAsync(path))
            await WriteAsync(await StoreDriver.OpenAsync(store), path);
        LayoutTests.Execute(path, "VACUUM");
        LayoutTests.Execute(path, "PRAGMA journal_mode = DELETE");

        Assert.InRange(new FileInfo(path).Length, 1, 300_000);
    }

    private static async Task WriteAsync(StoreDriver store, string path)
    {
        Worker dead = await store.OpenWorker("dead:1");

        // Ends, with all that belongs to them.
        await store.Add(Job("completed").WithCustomId());
        ClaimedJob job = await dead.ClaimOne();
        await dead.Report(job, """{"percent":50,"message":"half"}""", "first line", "second line");
        await dead.Complete(job, "{\"sum\":42}");
        await store.Add(Job("failed").WithCustomId());
        await dead.Retry(await dead.ClaimOne(), error: Error("first"));
        await dead.Fail(await dead.ClaimOne(), Error("last"));
        await store.Bring("cancelled", JobState.Cancelled);
        await store.Add(Job("expired").WithCustomId().ToLive(1.Milliseconds()));
        await store.Advance(1.Seconds());
        await store.Maintain();

        // A tombstone: its record went by count, its id is promised for a hundred years.
        await store.Add(Job("buried").WithCustomId().In("graves"));
        await dead.Complete(await dead.ClaimOne("graves"));
        await store.Do(new QueueCommand.SetRetention(new() { Age = TimeSpan.FromDays(36_500), Count = 0 }), "graves");
        await store.Maintain();

        // Windows and owners of deduplication ids.
        await store.Add(Job("throttled").In("windows").Deduplicated(Deduplication.Throttle("throttle", TimeSpan.FromDays(36_500))));
        await store.Add(Job("owner").In("windows").Deduplicated(new Deduplication("last") { KeepLastIfActive = true }));
        await dead.Complete(await dead.ClaimOne("windows"));
        await dead.ClaimOne("windows");
        await store.Add(Job("kept").In("windows").WithPayload(Bytes("[\"kept\"]")).Deduplicated(new Deduplication("last") { KeepLastIfActive = true }));

        // Parked for want of a handler; a queue that is paused; a queue with many names, sizes and priorities.
        await store.Add(Job("parked").In("parking").Named("unheard-of"));
        await dead.Park(await dead.ClaimOne("parking"));
        await store.Add(Job("resting").In("paused"));
        await store.Pause("paused");

        await store.Add(Job("active").WithCustomId().WithPayload(Bytes("[\"active\"]")));
        await store.Add(Job("stopping").WithCustomId());
        await dead.Claim(2);
        await store.Do(JobCommand.Cancel, "stopping");
        await store.Add(Job("delayed").WithCustomId().Delayed(1.Hours()));
        await store.AddBulk(
            Job("waiting-1"), Job("urgent").WithPriority(-1), Job("waiting-2").WithPayload(Bytes($"[\"{new string('x', 20_000)}\"]")),
            Job("limited").ToLive(TimeSpan.FromDays(36_500)));

        // One that waits for another, a flow, and a repeatable.
        await store.Add(Job("dependent").In("paused").WithCustomId().DependsOn([new JobRef("paused", "resting")]));
        await store.AddFlow("flow", Job("flow-1").In("paused"), Job("flow-2").In("paused").DependsOn([new JobRef("paused", "flow-1")]));
        // Limits, a hold, and a key in strict order whose head was claimed by the process that died.
        await store.Limit(new() { Concurrency = 100, PerKey = new() { Concurrency = 10 } }, "windows");
        await store.Do(new QueueCommand.SetKeyLimits("strict", new() { StrictOrder = true, Rate = new(1_000, 1.Hours()) }), "windows");
        await store.Do(new QueueCommand.Hold("held", TimeSpan.FromDays(36_500)), "windows");
        await store.AddBulk(Job("keyed-1").In("windows").WithKey("strict").WithPriority(-9), Job("keyed-2").In("windows").WithKey("strict"));
        Assert.Equal("keyed-1", (await dead.ClaimOne("windows")).Ref.Id);

        await store.Add(Job("within").In("windows").WithCustomId().WithPriority(-10));
        ClaimedJob within = await dead.ClaimOne("windows");

        await using AsyncMQHost mq = store.Host();
        await mq.Queue("paused").UpsertRepeatableAsync("nightly", Schedule.Cron("0 3 * * *", "Europe/Berlin"), JobSpec.Of("work", ["nightly"]), paused: true);
        JobHandle? triggered = await mq.Queue("paused").TriggerRepeatableAsync("nightly");
        await mq.Queue("paused").RemoveJobAsync(triggered!.Id);

        // Somebody who listens, figures of what was done, and a worker that was made quiet.
        await Listener.OpenAsync(store.Store, TimeSpan.FromDays(36_500));
        await store.Pause("paused");
        await store.Record(new NamedFigures(DefaultQueue, "work", new() { Completed = 7, Ran = Histogram.Of([new HistogramCount(80, 7)]) }));

        // What transactions of the user's have left: one job that is completed and not settled, and one that nobody has taken in yet. Nothing comes after it.
        Assert.True(await store.Quiet(dead.Id));
        var transactional = (ITransactionalStore)store.Store;
        await using SqliteConnection connection = await SqliteStores.ConnectAsync(path);
        await using SqliteTransaction transaction = connection.BeginTransaction();
        await transactional.CompleteAsync(transaction, new(within.Ref, within.Handle, within.Token, Bytes("{\"within\":1}")), default);
        await transactional.DeferAsync(transaction, new AddGroup([Job("deferred").In("windows").WithPayload(Bytes("[\"deferred\"]"))]), default);
        await transaction.CommitAsync();
    }

    private static string Error(string message) => $$"""{"type":"System.InvalidOperationException","message":"{{message}}"}""";
}
