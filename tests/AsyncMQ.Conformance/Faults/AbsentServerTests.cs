using System.Diagnostics;

namespace AsyncMQ.Conformance.Faults;

/// <summary>The server is gone and stays away: every call ends, and says so; and once it is back, what is sent again takes effect once.</summary>
/// <param name="start">Starts the server.</param>
public abstract class AbsentServerTests(Func<Task<IServerUnderFault>> start)
{
    // Less than one call to the store may take, with room for a slow machine.
    private static readonly TimeSpan Little = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Every_call_ends_with_a_clear_error_and_takes_effect_once_when_it_is_made_again()
    {
        await using IServerUnderFault server = await start();
        await using (AsyncMQHost patient = AsyncMQHost.Create(builder => server.Use(builder)))
            await patient.Client.GetQueue("away").AddBulkAsync([.. ((string[])["before", "removed"]).Select(static id => JobSpec.Of("work", options: new() { JobId = id }))]);

        // Short for a server that is gone, long for a slow one that is there.
        await using AsyncMQHost host = AsyncMQHost.Create(builder => server.Use(builder)
            .Configure(static options => options.AddTimeout = options.StoreCallTimeout = TimeSpan.FromSeconds(5)));
        IJobQueue jobs = host.Client.GetQueue("away");
        Func<Task>[] calls =
        [
            () => jobs.AddAsync("work", options: new() { JobId = "after" }),
            () => jobs.AddBulkAsync([JobSpec.Of("work", options: new() { JobId = "one" }), JobSpec.Of("work", options: new() { JobId = "two" })]),
            () => jobs.UpsertRepeatableAsync("hourly", Schedule.Every(TimeSpan.FromHours(1)), JobSpec.Of("work")),
            () => jobs.PauseAsync(),
            () => jobs.RemoveJobAsync("removed"),
            () => jobs.GetJobAsync("before"),
            () => jobs.GetStatsAsync(),
            () => jobs.GetJobsAsync(new() { States = [JobState.Waiting] }),
            () => host.Client.GetQueuesAsync(),
        ];
        await Wait.UntilAsync("the server is used", () => WorksAsync(calls[^1]));

        await server.KillAsync();
        await Task.WhenAll(calls.Select(call => FailsAsync(call, server.Kind)));

        await server.StartAgainAsync();
        await Wait.UntilAsync("the server is used again", () => WorksAsync(calls[^1]));
        foreach (Func<Task> call in calls)
            await call();

        string[] waiting = [.. (await jobs.GetJobsAsync(new() { States = [JobState.Waiting] })).Jobs.Select(static job => job.Id).Order(StringComparer.Ordinal)];
        Assert.Equal(["after", "before", "one", "two"], waiting);
        Assert.True((await jobs.GetStatsAsync()).IsPaused);
        Assert.Equal(["hourly"], (await jobs.GetRepeatablesAsync()).Select(static repeatable => repeatable.Id));
        await using IJobStore store = await server.OpenStoreAsync();
        Assert.Empty(await store.AuditAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_host_whose_server_is_gone_can_be_stopped()
    {
        await using IServerUnderFault server = await start();
        using var running = new SemaphoreSlim(0);
        AsyncMQHost host = AsyncMQHost.Create(builder => server.Use(builder)
            .Configure(static options => options.StoreCallTimeout = TimeSpan.FromSeconds(2))
            .AddHandler("work", async (_, token) =>
            {
                running.Release();
                await Task.Delay(TimeSpan.FromMilliseconds(100), token);
            })
            .AddWorker("away", static worker => worker.ShutdownTimeout = TimeSpan.FromSeconds(2)));
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.Client.GetQueue("away").AddBulkAsync([.. Enumerable.Range(0, 100).Select(static _ => JobSpec.Of("work"))]);
        await running.WaitAsync(TestContext.Current.CancellationToken);

        await server.KillAsync();
        long started = Stopwatch.GetTimestamp();
        await host.DisposeAsync().AsTask().WaitAsync(Wait.Patience);

        TestContext.Current.TestOutputHelper?.WriteLine($"stopped after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_whose_server_is_gone_stops_when_its_own_time_is_up(bool isBusy)
    {
        await using IServerUnderFault server = await start();
        using var running = new SemaphoreSlim(0);
        AsyncMQHost host = AsyncMQHost.Create(builder => server.Use(builder)
            .AddHandler("work", async (_, token) =>
            {
                running.Release();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            })
            .AddWorker("away"));
        await host.StartAsync(TestContext.Current.CancellationToken);
        if (isBusy)
        {
            await host.Client.GetQueue("away").AddBulkAsync([.. Enumerable.Range(0, 100).Select(static _ => JobSpec.Of("work"))]);
            await running.WaitAsync(TestContext.Current.CancellationToken);
        }

        await server.KillAsync();
        using var hurry = new CancellationTokenSource();
        Task stopping = host.StopAsync(hurry.Token);
        await hurry.CancelAsync();
        long started = Stopwatch.GetTimestamp();
        await stopping.WaitAsync(Little);
        TestContext.Current.TestOutputHelper?.WriteLine($"stopped after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        await host.DisposeAsync().AsTask().WaitAsync(Little);
        TestContext.Current.TestOutputHelper?.WriteLine($"disposed of after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    }

    private static async Task FailsAsync(Func<Task> call, string kind)
    {
        Exception error = (await Record.ExceptionAsync(() => call().WaitAsync(LongestCall)))!;
        Assert.True(error is StoreException or AddOutcomeUnknownException, $"{error}");
        Assert.Contains(error is StoreException ? kind : "It is not known whether the add", error.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> WorksAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (StoreException)
        {
            return false;
        }
    }
}
