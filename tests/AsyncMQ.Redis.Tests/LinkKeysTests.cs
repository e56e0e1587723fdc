using System.Globalization;
using System.Text.Json;
using AsyncMQ.Conformance.Driving;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests;

/// <summary>What this store keeps of dependencies and flows: as much as a script can take, nothing that outlives its jobs, and audited.</summary>
public sealed class LinkKeysTests
{
    private const int Many = 10_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flow_of_ten_thousand_jobs_and_a_hundred_thousand_edges_is_added_at_once()
    {
        await using IJobStore store = await new RedisStores().CreateAsync();
        StoreDriver driver = await StoreDriver.OpenAsync(store);

        await driver.AddFlow("f", [.. Enumerable.Range(0, Many).Select(i => Drafts.Job($"job-{i}").DependsOn(Earlier(i)))]);

        Assert.Equal((Many, Many, 0), await driver.CountsOf("f"));
        QueueCounts counts = await store.CountAsync(Drafts.DefaultQueue, Cancellation);
        Assert.Equal((1, Many - 1), (counts.ByState[(int)JobState.Waiting], counts.ByState[(int)JobState.WaitingChildren]));
        Assert.Equal(Earlier(Many - 1), (await driver.Get($"job-{Many - 1}")).Dependencies.Select(dependency => dependency.Job.Id));
        Assert.Empty(await store.AuditAsync(Cancellation));
        await driver.Do(JobCommand.Cancel, "job-0");
        while ((await driver.Maintain()).More)
        {
        }

        Assert.Equal((Many, 0, 0), await driver.CountsOf("f"));
        Assert.Empty(await store.AuditAsync(Cancellation));
    }

    [Fact]
    public async Task A_chain_of_a_thousand_runs_to_its_end()
    {
        await using IJobStore store = await new RedisStores().CreateAsync();
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk([.. Enumerable.Range(0, 1_000).Select(i => i == 0 ? Drafts.Job("job-0") : Drafts.Job($"job-{i}").DependsOn($"job-{i - 1}"))]);
        Worker worker = await driver.OpenWorker();

        ExchangeReply reply = await worker.Exchange(Worker.ClaimOf(1));
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal([$"job-{i}"], reply.Claimed.Ids());
            reply = await worker.Exchange(Worker.ClaimOf(1) with { Settlements = [Worker.Settlement(reply.Claimed[0], SettlementKind.Complete)] });
        }

        Assert.Equal(1_000, await driver.Count(JobState.Completed));
    }

    [Fact]
    public async Task An_error_names_its_dependency_whatever_letters_it_has()
    {
        await using IJobStore store = await new RedisStores().CreateAsync();
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        const string id = "a \"quoted\" \\ one, with ü, 𝄞 and \u007f";
        await driver.AddBulk(Drafts.Job(id), Drafts.Job("b").DependsOn(id));

        await driver.Do(JobCommand.Cancel, id);

        Assert.Equal(Message(DependencyRules.ErrorOf(new(Drafts.DefaultQueue, id), JobState.Cancelled)), Message((await driver.Get("b")).Error));
    }

    [Fact]
    public async Task Nothing_is_left_of_jobs_that_are_gone()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddFlow(
            "f",
            Drafts.Job("a"),
            Drafts.Job("b").DependsOn("a"),
            Drafts.Job("c").DependsOn("a", "b").OnDependencyFailure(OnDependencyFailure.Wait),
            Drafts.Job("d").DependsOn("b", "c").OnDependencyFailure(OnDependencyFailure.Continue));
        await driver.End("a", JobState.Failed);
        foreach (string id in (string[])["a", "d", "c", "b"])
            await driver.Do(JobCommand.Remove, id);

        string[] keys = [.. Keys(options).Select(key => key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(':')[0]).Distinct()];

        Assert.Empty(keys.Intersect(["dependents", "unended", "effects", "flow", "flows", "flowJobs", "extra", "jobs", "children"]));
    }

    [Theory]
    [InlineData("DEL {0}dependents:{1}", "among")]
    [InlineData("ZADD {0}dependents:{1} 7 xx", "holds back 1 jobs but 2")]
    [InlineData("HSET {0}unended {1} 2", "counts 2 dependents that have not ended, but 1")]
    [InlineData("HDEL {0}unended {1}", "counts 0 dependents that have not ended, but 1")]
    [InlineData("HINCRBY {0}flow:f unended 1", "Flow f counts")]
    [InlineData("ZREM {0}flows f", "Flow f has jobs")]
    [InlineData("DEL {0}flowJobs:f", "is not among the jobs of its flow f")]
    [InlineData("HDEL {0}extra:default xb", "default/b has lost")]
    [InlineData("HDEL {0}extra:default yb", "default/b has lost")]
    [InlineData("HDEL {0}jobs:default a", "default/b waits for default/a, which will not end")]
    [InlineData("HSET {0} effects 1", "does not know whether there are ends")]
    public async Task The_audit_sees(string damage, string says)
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddFlow("f", Drafts.Job("a"), Drafts.Job("b").DependsOn("a"));
        Assert.Empty(await store.AuditAsync(Cancellation));
        string handle = Keys(options).Single(key => key.Contains("dependents:", StringComparison.Ordinal)).Split(':')[^1];

        string[] words = string.Format(CultureInfo.InvariantCulture, damage, Root(options), handle).Split(' ');
        await options.Connection!.GetDatabase().ExecuteAsync(words[0], [.. words[1..]]);

        Assert.Contains(await store.AuditAsync(Cancellation), fault => fault.Contains(says, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Earlier(int i) => Enumerable.Range(Math.Max(0, i - 10), Math.Min(10, i)).Select(earlier => $"job-{earlier}");

    private static string? Message(ReadOnlyMemory<byte> error) => JsonDocument.Parse(error).RootElement.GetProperty("message").GetString();

    private static IEnumerable<string> Keys(RedisStoreOptions options) =>
        options.Connection!.GetServers()[0].Keys(pattern: $"{Root(options)}*").Select(key => key.ToString());

    private static string Root(RedisStoreOptions options) => $"{{{options.Name}}}:";
}
