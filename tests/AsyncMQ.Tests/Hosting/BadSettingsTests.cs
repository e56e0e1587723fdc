using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Tests.Hosting;

/// <summary>Options and builders that must be refused where they are set, with a message that says what would be right.</summary>
public class BadSettingsTests
{
    private static readonly Func<JobContext, CancellationToken, Task> Nothing = (_, _) => Task.CompletedTask;

    private static readonly Func<JobBatch<JobArgs>, CancellationToken, Task> NoBatch = (_, _) => Task.CompletedTask;

    private static byte[] Key(int size) => [.. Enumerable.Range(1, size).Select(i => (byte)i)];

    private static readonly (string Name, Type Exception, string Says, Action<AsyncMQBuilder> Set)[] Settings =
    [
        ("Concurrency 0", typeof(ArgumentOutOfRangeException), "Concurrency must be 1 to 10 000, but was 0", mq => mq.AddWorker("q", worker => worker.Concurrency = 0)),
        ("Concurrency -1", typeof(ArgumentOutOfRangeException), "Concurrency", mq => mq.AddWorker("q", worker => worker.Concurrency = -1)),
        ("Concurrency of a million", typeof(ArgumentOutOfRangeException), "Concurrency", mq => mq.AddWorker("q", worker => worker.Concurrency = 1_000_000)),
        ("a worker without a queue", typeof(ArgumentException), "A worker needs a queue: AddWorker(\"mail\")", mq => mq.AddWorker(_ => { })),
        ("a worker with a bad queue", typeof(ArgumentException), "A queue name must not contain white space", mq => mq.AddWorker("a b")),
        ("a worker with an empty queue", typeof(ArgumentException), "A queue name must not be empty", mq => mq.AddWorker("")),
        ("a worker with a queue twice", typeof(ArgumentException), "The worker has queue 'a' already", mq => mq.AddWorker(worker => worker.Queue("a").Queue("a"))),
        ("a weight of 0", typeof(ArgumentOutOfRangeException), "The weight of queue 'a' must be 1 to 1 000, but was 0", mq => mq.AddWorker(worker => worker.Queue("a", 0))),
        ("a weight of 1 001", typeof(ArgumentOutOfRangeException), "weight", mq => mq.AddWorker(worker => worker.Queue("a", 1_001))),
        ("a worker's poll of zero", typeof(ArgumentOutOfRangeException), "PollInterval must be 1 ms to 1 h", mq => mq.AddWorker("a", worker => worker.PollInterval = TimeSpan.Zero)),
        ("a negative drain", typeof(ArgumentOutOfRangeException), "ShutdownTimeout must be zero to a day", mq => mq.AddWorker("a", worker => worker.ShutdownTimeout = TimeSpan.FromSeconds(-1))),
        ("a queue with negative retries", typeof(ArgumentOutOfRangeException), "Retries must be 0 to 1 000 000", mq => mq.AddQueue("a", queue => queue.Retries = -1)),
        ("a queue without a timeout", typeof(ArgumentOutOfRangeException), "Timeout", mq => mq.AddQueue("a", queue => queue.Timeout = TimeSpan.Zero)),
        ("a queue with negative stalls", typeof(ArgumentOutOfRangeException), "MaxStalls must be 0 to 1 000", mq => mq.AddQueue("a", queue => queue.MaxStalls = -1)),
        ("a queue that keeps jobs for no time", typeof(ArgumentOutOfRangeException), "A retention age", mq => mq.AddQueue("a", queue => queue.Retention = new() { Age = TimeSpan.Zero })),
        ("a queue that keeps less than no job", typeof(ArgumentOutOfRangeException), "A retention count must not be negative, but was -1", mq => mq.AddQueue("a", queue => queue.Retention = new() { FailedCount = -1 })),
        ("a queue with a bad name", typeof(ArgumentException), "A queue name", mq => mq.AddQueue("a\n", _ => { })),
        ("a handler with a bad name", typeof(ArgumentException), "A job name", mq => mq.AddHandler("two words", Nothing)),
        ("a handler twice", typeof(ArgumentException), "Job name 'a' has a handler already. One name, one handler", mq => mq.AddHandler("a", Nothing).AddHandler("a", Nothing)),
        ("a typed handler twice", typeof(ArgumentException), "'typed' has a handler already", mq => mq.AddHandler<Typed, Handler>().AddHandler("typed", Nothing)),
        ("a handler of a type without a name", typeof(ArgumentException), "has no [Job(\"name\")] attribute", mq => mq.AddHandler<Nameless, Handler>()),
        ("a handler with negative retries", typeof(ArgumentOutOfRangeException), "Retries", mq => mq.AddHandler("a", Nothing, handler => handler.Retries = -1)),
        ("a handler with an endless timeout", typeof(ArgumentOutOfRangeException), "24 days", mq => mq.AddHandler("a", Nothing, handler => handler.Timeout = TimeSpan.MaxValue)),
        ("a batch of 0", typeof(ArgumentOutOfRangeException), "A batch's Size must be 1 to 10 000, but was 0", mq => mq.AddBatchHandler("a", NoBatch, batch => batch.Size = 0)),
        ("a batch of 10 001", typeof(ArgumentOutOfRangeException), "A batch's Size must be 1 to 10 000, but was 10001", mq => mq.AddBatchHandler("a", NoBatch, batch => batch.Size = 10_001)),
        ("a batch of -1", typeof(ArgumentOutOfRangeException), "Size", mq => mq.AddBatchHandler<Typed, BatchHandler>(batch => batch.Size = -1)),
        ("a batch that waits for no time", typeof(ArgumentOutOfRangeException), "A batch's Wait must be 1 ms to 1 h, but was 00:00:00", mq => mq.AddBatchHandler("a", NoBatch, batch => batch.Wait = TimeSpan.Zero)),
        ("a batch that waits for ever", typeof(ArgumentOutOfRangeException), "Wait", mq => mq.AddBatchHandler("a", NoBatch, batch => batch.Wait = Timeout.InfiniteTimeSpan)),
        ("a batch that waits for a day", typeof(ArgumentOutOfRangeException), "Wait", mq => mq.AddBatchHandler("a", NoBatch, batch => batch.Wait = TimeSpan.FromDays(1))),
        ("a batch with negative retries", typeof(ArgumentOutOfRangeException), "Retries", mq => mq.AddBatchHandler("a", NoBatch, batch => batch.Retries = -1)),
        ("a batch without a timeout", typeof(ArgumentOutOfRangeException), "Timeout", mq => mq.AddBatchHandler("a", NoBatch, batch => batch.Timeout = TimeSpan.Zero)),
        ("a batch with a bad name", typeof(ArgumentException), "A job name", mq => mq.AddBatchHandler("two words", NoBatch)),
        ("a batch of a type without a name", typeof(ArgumentException), "has no [Job(\"name\")] attribute", mq => mq.AddBatchHandler<Nameless, BatchHandler>()),
        ("a batch handler beside a handler", typeof(ArgumentException), "Job name 'a' has a handler already", mq => mq.AddHandler("a", Nothing).AddBatchHandler("a", NoBatch)),
        ("a batch handler beside a typed one", typeof(ArgumentException), "'typed' has a handler already", mq => mq.AddBatchHandler<Typed, BatchHandler>().AddHandler<Typed, Handler>()),
        ("a batch handler in a process of its own", typeof(ArgumentException), "A batch handler cannot be isolated", mq => mq.AddBatchHandler("a", NoBatch, batch => batch.Isolation = new())),
        ("no batch handler", typeof(ArgumentNullException), "handler", mq => mq.AddBatchHandler("a", (Func<JobBatch<JobArgs>, CancellationToken, Task>)null!)),
        ("no batch handler with results", typeof(ArgumentNullException), "handler", mq => mq.AddBatchHandler<int>("a", null!)),
        ("no handler", typeof(ArgumentNullException), "handler", mq => mq.AddHandler("a", (Func<JobContext, CancellationToken, Task>)null!)),
        ("no middleware", typeof(ArgumentNullException), "middleware", mq => mq.AddMiddleware((IJobMiddleware)null!)),
        ("no middleware lambda", typeof(ArgumentNullException), "middleware", mq => mq.AddMiddleware((Func<JobContext, JobNext, CancellationToken, ValueTask<ReadOnlyMemory<byte>>>)null!)),
        ("a middleware for a bad name", typeof(ArgumentException), "A job name", mq => mq.AddMiddleware((_, next, token) => next(token), "two words")),
        ("a middleware for an empty name", typeof(ArgumentException), "A job name must not be empty", mq => mq.AddMiddleware(new Through(), "")),
        ("a middleware type for a bad name", typeof(ArgumentException), "A job name", mq => mq.AddMiddleware<Through>("a\n")),
        ("no producer middleware", typeof(ArgumentNullException), "middleware", mq => mq.AddProducerMiddleware((IProducerMiddleware)null!)),
        ("no producer lambda", typeof(ArgumentNullException), "onAdding", mq => mq.AddProducerMiddleware((Func<JobSpec, string, JobSpec>)null!)),
        ("no start hook", typeof(ArgumentNullException), "hook", mq => mq.OnWorkerStart((Func<WorkerHookContext, CancellationToken, Task>)null!)),
        ("no start hook that is not async", typeof(ArgumentNullException), "hook", mq => mq.OnWorkerStart((Action<WorkerHookContext, CancellationToken>)null!)),
        ("no stop hook", typeof(ArgumentNullException), "hook", mq => mq.OnWorkerStop((Func<WorkerHookContext, CancellationToken, Task>)null!)),
        ("no stop hook that is not async", typeof(ArgumentNullException), "hook", mq => mq.OnWorkerStop((Action<WorkerHookContext, CancellationToken>)null!)),
        ("no keys", typeof(ArgumentNullException), "configure", mq => mq.EncryptPayloads(null!)),
        ("an empty ring", typeof(ArgumentException), "There is no key to encrypt with. Add one: EncryptPayloads(keys => keys.Add(", mq => mq.EncryptPayloads(_ => { })),
        ("an empty ring with a current key", typeof(ArgumentException), "There is no key to encrypt with", mq => mq.EncryptPayloads(keys => keys.Current = "a")),
        ("a current key that is not there", typeof(ArgumentException), "The current key is to be 'b', but there is no key of that id. There are: a.", mq => mq.EncryptPayloads(keys => keys.Add("a", Key(32)).Current = "b")),
        ("a current key in other letters", typeof(ArgumentException), "there is no key of that id", mq => mq.EncryptPayloads(keys => keys.Add("a", Key(32)).Current = "A")),
        ("two keys and none to write with", typeof(ArgumentException), "There are 2 keys (a, b), and none is said to be the one to write with. Set Current", mq => mq.EncryptPayloads(keys => keys.Add("a", Key(32)).Add("b", Key(32)))),
        ("a key twice", typeof(ArgumentException), "There is a key 'a' already", mq => mq.EncryptPayloads(keys => keys.Add("a", Key(32)).Add("a", Key(32)))),
        ("an empty key", typeof(ArgumentException), "Key 'a' must have 32 bytes, but has 0. RandomNumberGenerator.GetBytes(32) makes one", mq => mq.EncryptPayloads(keys => keys.Add("a", []))),
        ("a key of 16 bytes", typeof(ArgumentException), "must have 32 bytes, but has 16", mq => mq.EncryptPayloads(keys => keys.Add("a", Key(16)))),
        ("a key of 31 bytes", typeof(ArgumentException), "must have 32 bytes, but has 31", mq => mq.EncryptPayloads(keys => keys.Add("a", Key(31)))),
        ("a key of 33 bytes", typeof(ArgumentException), "must have 32 bytes, but has 33", mq => mq.EncryptPayloads(keys => keys.Add("a", Key(33)))),
        ("a key of zeros", typeof(ArgumentException), "Key 'a' is all zeros: it was never filled", mq => mq.EncryptPayloads(keys => keys.Add("a", new byte[32]))),
        ("a key without an id", typeof(ArgumentNullException), "id", mq => mq.EncryptPayloads(keys => keys.Add(null!, Key(32)))),
        ("a key with an empty id", typeof(ArgumentException), "A key's id must be 1 to 64 letters, digits", mq => mq.EncryptPayloads(keys => keys.Add("", Key(32)))),
        ("a key with a space in its id", typeof(ArgumentException), "A key's id must be", mq => mq.EncryptPayloads(keys => keys.Add("a b", Key(32)))),
        ("a key with a letter that is not ASCII", typeof(ArgumentException), "A key's id must be", mq => mq.EncryptPayloads(keys => keys.Add("ä", Key(32)))),
        ("a key with an id of 65 characters", typeof(ArgumentException), "has 65 characters", mq => mq.EncryptPayloads(keys => keys.Add(new string('a', 65), Key(32)))),
        ("a current key with a bad id", typeof(ArgumentException), "A key's id must be", mq => mq.EncryptPayloads(keys => keys.Current = "a b")),
        ("no key as text", typeof(ArgumentNullException), "base64", mq => mq.EncryptPayloads(keys => keys.AddBase64("a", null!))),
        ("a key that is not base64", typeof(ArgumentException), "Key 'a' is not base64", mq => mq.EncryptPayloads(keys => keys.AddBase64("a", "s3cr3t!"))),
        ("a key as text that is too short", typeof(ArgumentException), "must have 32 bytes, but has 3", mq => mq.EncryptPayloads(keys => keys.AddBase64("a", "c2Vj"))),
        ("keys twice", typeof(InvalidOperationException), "Payloads are encrypted already. Give all keys in one call", mq => mq.EncryptPayloads(keys => keys.Add("a", Key(32))).EncryptPayloads(keys => keys.Add("b", Key(32)))),
        ("no transform", typeof(ArgumentNullException), "transform", mq => mq.AddPayloadTransform(null!)),
        ("no context", typeof(ArgumentNullException), "context", mq => mq.UseJson(null!)),
        ("no settings", typeof(ArgumentNullException), "configure", mq => mq.Configure(null!)),
        ("no settings of a queue", typeof(ArgumentNullException), "configure", mq => mq.AddQueue("a", null!)),
        ("no function that makes a store", typeof(ArgumentNullException), "create", mq => mq.UseStore((Func<AsyncMQOptions, IJobStore>)null!)),
        ("no function that makes a store of services", typeof(ArgumentNullException), "create", mq => mq.UseStore((Func<AsyncMQOptions, IServiceProvider, IJobStore>)null!)),
        ("two stores", typeof(InvalidOperationException), "A store was chosen already", mq => mq.UseInMemory().UseInMemory()),
        ("a payload limit of zero", typeof(ArgumentOutOfRangeException), "MaxPayloadBytes must be 1 KiB to 64 MiB, but was 0", mq => mq.Configure(options => options.MaxPayloadBytes = 0)),
        ("a payload limit over 64 MiB", typeof(ArgumentOutOfRangeException), "MaxPayloadBytes", mq => mq.Configure(options => options.MaxPayloadBytes = (64 << 20) + 1)),
        ("negative retries", typeof(ArgumentOutOfRangeException), "Retries", mq => mq.Configure(options => options.Retries = -1)),
        ("no back-off", typeof(ArgumentNullException), "value", mq => mq.Configure(options => options.Backoff = null!)),
        ("no retention", typeof(ArgumentNullException), "value", mq => mq.Configure(options => options.Retention = null!)),
        ("no clock", typeof(ArgumentNullException), "value", mq => mq.Configure(options => options.TimeProvider = null!)),
        ("a negative timeout", typeof(ArgumentOutOfRangeException), "Timeout", mq => mq.Configure(options => options.Timeout = TimeSpan.FromTicks(-1))),
        ("1 001 stalls", typeof(ArgumentOutOfRangeException), "MaxStalls", mq => mq.Configure(options => options.MaxStalls = 1_001)),
        ("a poll of a day", typeof(ArgumentOutOfRangeException), "PollInterval", mq => mq.Configure(options => options.PollInterval = TimeSpan.FromDays(1))),
        ("a lease of 100 ms", typeof(ArgumentOutOfRangeException), "Lease must be 500 ms to 1 h", mq => mq.Configure(options => options.Lease = TimeSpan.FromMilliseconds(100))),
        ("an endless lease", typeof(ArgumentOutOfRangeException), "Lease", mq => mq.Configure(options => options.Lease = Timeout.InfiniteTimeSpan)),
        ("a store call of no time", typeof(ArgumentOutOfRangeException), "StoreCallTimeout", mq => mq.Configure(options => options.StoreCallTimeout = TimeSpan.Zero)),
        ("an add of an hour", typeof(ArgumentOutOfRangeException), "AddTimeout", mq => mq.Configure(options => options.AddTimeout = TimeSpan.FromHours(1))),
    ];

    public static TheoryData<string> SettingNames => [.. Settings.Select(setting => setting.Name)];

    [Theory]
    [MemberData(nameof(SettingNames))]
    public void A_setting_is_refused_where_it_is_set(string name)
    {
        (_, Type exception, string says, Action<AsyncMQBuilder> set) = Settings.Single(setting => setting.Name == name);

        Exception thrown = Assert.Throws(exception, () => AsyncMQHost.Create(set));

        Assert.Contains(says, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", thrown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c2Vj", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_store_the_choices_are_listed()
    {
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => AsyncMQHost.Create(_ => { }));

        Assert.Contains("No store was chosen", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("UseSqlite", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("UseInMemory", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_is_null_is_named_at_once() =>
        Assert.Contains("returned null instead of a store", Assert.Throws<InvalidOperationException>(() => AsyncMQHost.Create(mq => mq.UseStore(_ => null!))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Workers_without_handlers_are_refused_at_start()
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(builder => builder.UseInMemory().AddWorker("q"));

        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => mq.StartAsync());

        Assert.Contains("workers but no handlers", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(AddOutcome.Created, (await mq.Client.AddAsync("a")).Outcome);
    }

    [Fact]
    public async Task A_middleware_for_a_name_without_a_handler_is_refused_at_start()
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(builder => builder.UseInMemory().AddHandler("a", Nothing).AddMiddleware((_, next, token) => next(token), "b").AddWorker("q"));

        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => mq.StartAsync());

        Assert.Contains("A middleware is for jobs named 'b', but there is no handler of that name", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_installation_needs_a_name_of_its_own()
    {
        var services = new ServiceCollection();
        services.AddAsyncMQ(mq => mq.UseInMemory());
        services.AddAsyncMQ("reports", mq => mq.UseInMemory());

        Assert.Contains("AsyncMQ was added already", Assert.Throws<InvalidOperationException>(() => services.AddAsyncMQ(mq => mq.UseInMemory())).Message, StringComparison.Ordinal);
        Assert.Contains("'reports' was added already", Assert.Throws<InvalidOperationException>(() => services.AddAsyncMQ("reports", mq => mq.UseInMemory())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => services.AddAsyncMQ(" ", mq => mq.UseInMemory()));
        Assert.Throws<ArgumentNullException>(() => services.AddAsyncMQ(null!));
    }

    [Job("typed")]
    private sealed record Typed : IJob;

    private sealed record Nameless : IJob;

    private sealed class BatchHandler : IBatchJobHandler<Typed>, IBatchJobHandler<Nameless>
    {
        public Task HandleAsync(JobBatch<Typed> batch, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task HandleAsync(JobBatch<Nameless> batch, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Handler : IJobHandler<Typed>, IJobHandler<Nameless>
    {
        public Task HandleAsync(Typed job, JobContext context, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task HandleAsync(Nameless job, JobContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Through : IJobMiddleware
    {
        public ValueTask<ReadOnlyMemory<byte>> InvokeAsync(JobContext context, JobNext next, CancellationToken cancellationToken) => next(cancellationToken);
    }
}
