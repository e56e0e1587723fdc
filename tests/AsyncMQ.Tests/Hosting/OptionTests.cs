using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Tests.Hosting;

/// <summary>Options that make no sense are refused where they are set, and the message names the option and what would be right.</summary>
public class OptionTests
{
    public static TheoryData<string, Func<object>> Nonsense => new()
    {
        { "MaxPayloadBytes must be 1 KiB to 64 MiB, but was 1023", () => new AsyncMQOptions { MaxPayloadBytes = 1_023 } },
        { "MaxPayloadBytes", () => new AsyncMQOptions { MaxPayloadBytes = (64 << 20) + 1 } },
        { "Retries must be 0 to 1 000 000, but was -1", () => new AsyncMQOptions { Retries = -1 } },
        { "Backoff", () => new AsyncMQOptions { Backoff = null! } },
        { "Timeout must be longer than zero", () => new AsyncMQOptions { Timeout = TimeSpan.Zero } },
        { "MaxStalls must be 0 to 1 000", () => new AsyncMQOptions { MaxStalls = -1 } },
        { "Retention", () => new AsyncMQOptions { Retention = null! } },
        { "PollInterval must be 1 ms to 1 h", () => new AsyncMQOptions { PollInterval = TimeSpan.Zero } },
        { "Lease must be 500 ms to 1 h", () => new AsyncMQOptions { Lease = TimeSpan.FromMilliseconds(499) } },
        { "StoreCallTimeout must be 100 ms to 10 min", () => new AsyncMQOptions { StoreCallTimeout = TimeSpan.Zero } },
        { "AddTimeout must be 100 ms to 10 min", () => new AsyncMQOptions { AddTimeout = Timeout.InfiniteTimeSpan } },
        { "TimeProvider", () => new AsyncMQOptions { TimeProvider = null! } },
        { "Concurrency must be 1 to 10 000, but was 0", () => new WorkerOptions { Concurrency = 0 } },
        { "Concurrency", () => new WorkerOptions { Concurrency = 10_001 } },
        { "PollInterval", () => new WorkerOptions { PollInterval = TimeSpan.FromHours(2) } },
        { "ShutdownTimeout must be zero to a day", () => new WorkerOptions { ShutdownTimeout = TimeSpan.FromTicks(-1) } },
        { "The weight of queue 'mail' must be 1 to 1 000, but was 0", () => new WorkerOptions().Queue("mail", 0) },
        { "The worker has queue 'mail' already", () => new WorkerOptions().Queue("mail").Queue("mail") },
        { "name", () => new WorkerOptions().Queue("") },
        { "Retries", () => new QueueOptions { Retries = -1 } },
        { "Timeout", () => new QueueOptions { Timeout = TimeSpan.FromDays(25) } },
        { "MaxStalls", () => new QueueOptions { MaxStalls = 1_001 } },
        { "Retries", () => new HandlerOptions { Retries = -1 } },
        { "Timeout", () => new HandlerOptions { Timeout = TimeSpan.FromTicks(-1) } },
    };

    public static TheoryData<string, Action<AsyncMQBuilder>> Misbuilt => new()
    {
        { "A worker needs a queue", mq => mq.AddWorker(_ => { }) },
        { "has a handler already", mq => mq.AddHandler("a", Nothing).AddHandler("a", Nothing) },
        { "A store was chosen already", mq => mq.UseInMemory().UseInMemory() },
        { "name", mq => mq.AddHandler("with space", Nothing) },
        { "name", mq => mq.AddWorker("") },
        { "name", mq => mq.AddQueue("a b", _ => { }) },
        { "has no [Job", mq => mq.AddHandler<Unnamed, UnnamedHandler>() },
    };

    [Theory]
    [MemberData(nameof(Nonsense), DisableDiscoveryEnumeration = true)]
    public void An_option_out_of_its_range_is_refused_by_name(string message, Func<object> set)
    {
        var error = Assert.ThrowsAny<ArgumentException>(set);

        Assert.Contains(message, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Misbuilt), DisableDiscoveryEnumeration = true)]
    public void What_cannot_be_is_refused_while_it_is_said(string message, Action<AsyncMQBuilder> build)
    {
        var error = Assert.ThrowsAny<Exception>(() => AsyncMQHost.Create(build));

        Assert.True(error is ArgumentException or InvalidOperationException, error.GetType().Name);
        Assert.Contains(message, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Workers_without_handlers_are_refused_at_the_start()
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq.UseInMemory().AddWorker("default"));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => mq.StartAsync());

        Assert.Contains("workers but no handlers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_workers_starts_produces_and_stops()
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(mq => mq.UseInMemory());
        await mq.StartAsync();

        JobHandle job = await mq.Client.AddAsync("work");

        Assert.Equal(AddOutcome.Created, job.Outcome);
        await mq.StopAsync();
    }

    [Fact]
    public async Task A_host_that_was_disposed_says_so()
    {
        AsyncMQHost mq = AsyncMQHost.Create(mq => mq.UseInMemory().AddHandler("a", Nothing).AddWorker("default"));
        await mq.DisposeAsync();
        await mq.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => mq.StartAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => mq.Client.AddAsync("a"));
    }

    private static Task Nothing(JobContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed record Unnamed : IJob;

    private sealed class UnnamedHandler : IJobHandler<Unnamed>
    {
        public Task HandleAsync(Unnamed job, JobContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
