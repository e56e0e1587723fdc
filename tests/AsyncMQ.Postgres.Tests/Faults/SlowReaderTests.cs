using AsyncMQ.Conformance.Driving;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>A process that was stopped while the server answers it (SIGSTOP, a frozen machine): the answer is on its way, and nobody reads it.</summary>
[Collection(nameof(FaultTests))]
public sealed class SlowReaderTests
{
    private const int Jobs = 200;
    private static readonly byte[] Payload = new byte[200_000];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static SlowReaderTests() => new Random(1).NextBytes(Payload);

    [Fact]
    public async Task Who_does_not_read_a_large_claim_holds_up_nobody_else_and_has_it_when_it_reads_on()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = $"asyncmq_{Guid.NewGuid():N}";
        await using var proxy = new TcpProxy(server.Port);
        await using PostgresJobStore store = await OpenAsync(server, schema), stopped = await OpenAsync(server, schema, proxy.Port);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        for (int i = 0; i < Jobs; i++)
            await driver.Add(Job($"large-{i}").WithPayload(Payload));
        Worker worker = await (await StoreDriver.OpenAsync(stopped)).OpenWorker();

        // The claim is sent and waits for its turn; when it is done, its answer goes nowhere.
        Task<IReadOnlyList<ClaimedJob>> claiming;
        await using (await HeldInstallation.HoldAsync(server, schema))
        {
            claiming = worker.Claim(Jobs);
            await Wait.UntilAsync("the claim waits for its turn", async () => await WaitersAsync(server, schema) == 1);
            proxy.Stall();
        }

        await Wait.UntilAsync("the claim is being answered", async () => await WaitersAsync(server, schema) == 0);
        await driver.Add(Job("small")).WaitAsync(Wait.Patience, Cancellation);
        Assert.False(claiming.IsCompleted);

        proxy.Heal();
        IReadOnlyList<ClaimedJob> claimed = await claiming.WaitAsync(Wait.Patience, Cancellation);
        Assert.Equal(Enumerable.Range(0, Jobs).Select(static i => $"large-{i}"), claimed.Ids());
        Assert.All(claimed, static job => Assert.True(job.Payload.Span.SequenceEqual(Payload)));
        Assert.Empty(await store.AuditAsync(Cancellation));
    }

    [Fact]
    public async Task A_large_claim_that_is_sent_again_is_given_in_its_order_without_what_was_removed()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        await using PostgresJobStore store = await OpenAsync(server, $"asyncmq_{Guid.NewGuid():N}");
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.Add(Job("small").WithPayload(Payload.AsMemory(0, 10)).WithEnvelope(Payload.AsMemory(5, 10)));
        await driver.Add(Job("large").WithPayload(Payload).WithEnvelope(Payload.AsMemory(7)));
        await driver.Add(Job("removed").WithPayload(Payload));
        await driver.Add(Job("behind").WithPayload(Payload.AsMemory(3, 10)));
        Worker worker = await driver.OpenWorker();
        ExchangeStep step = Worker.ClaimOf(10) with { Step = worker.Steps.Next(StepCounter.Exchanges) };

        IReadOnlyList<ClaimedJob> claimed = (await worker.Send(step)).Claimed;
        Assert.Equal(["small", "large", "removed", "behind"], claimed.Ids());
        await driver.Do(JobCommand.Remove, "removed");
        IReadOnlyList<ClaimedJob> again = (await worker.Send(step)).Claimed;

        Assert.Equal(["small", "large", "behind"], again.Ids());
        Assert.All(again, job => Assert.True(job.Payload.Span.SequenceEqual(claimed.Single(one => one.Ref == job.Ref).Payload.Span)));
        Assert.True(again[1].Payload.Span.SequenceEqual(Payload) && again[1].Envelope.Span.SequenceEqual(Payload.AsSpan(7)));
        Assert.True(again[0].Envelope.Span.SequenceEqual(Payload.AsSpan(5, 10)));
    }

    private static Task<long> WaitersAsync(RunningServer server, string schema) => server.QueryAsync<long>(
        $"SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND query LIKE '%{schema}%exchange%'");

    private static async Task<PostgresJobStore> OpenAsync(RunningServer server, string schema, int? port = null)
    {
        var store = new PostgresJobStore(new() { ConnectionString = server.ConnectionString(port: port), Schema = schema });
        await store.StartAsync(Cancellation);
        return store;
    }
}
