using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance.Working;

/// <summary>Whatever a job or its handler does wrong is a failed attempt of that job alone; the worker goes on.</summary>
public abstract class PoisonTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public Task A_payload_that_its_type_cannot_be_read_from() =>
        Poisons(mq => mq.AddHandler<Sum, int, SumHandler>(), Job("bad").Named("sum").WithPayload(Bytes("""{"left":"many"}""")), "cannot be read as Sum");

    [Fact]
    public Task A_payload_that_is_no_JSON_at_all() =>
        Poisons(mq => mq.AddHandler<Sum, int, SumHandler>(), Job("bad").Named("sum").WithPayload(new byte[] { 0xFF, 0x00, 0x7B }), "cannot be read as Sum");

    [Fact]
    public Task A_payload_of_null() =>
        Poisons(mq => mq.AddHandler<Sum, int, SumHandler>(), Job("bad").Named("sum").WithPayload(Bytes("null")), "JSON null");

    [Fact]
    public Task A_payload_nested_a_thousand_deep() => Poisons(
        mq => mq.AddHandler<Sum, int, SumHandler>(),
        Job("bad").Named("sum").WithPayload(Bytes(new string('[', 1_000) + new string(']', 1_000))),
        "cannot be read as Sum");

    [Fact]
    public Task A_payload_that_a_named_handler_cannot_read() =>
        Poisons(mq => mq.AddHandler("bad", (context, _) => Task.FromResult(context.Args.Count)), Job("bad").Named("bad").WithPayload(Bytes("{{")), "");

    [Fact]
    public Task An_envelope_of_garbage() =>
        Poisons(mq => mq.AddHandler("bad", (_, _) => Task.CompletedTask), Job("bad").Named("bad").WithEnvelope(new byte[] { 1, 2, 3 }), "");

    [Theory]
    [InlineData("""{"t":-5}""")]
    [InlineData("""{"t":1e300}""")]
    [InlineData("""{"b":{"d":[],"f":2,"m":1,"j":0}}""")]
    [InlineData("""{"b":{"d":[-1],"f":0,"m":-1,"j":9}}""")]
    [InlineData("""{"b":{"d":null,"f":2,"m":1,"j":0}}""")]
    [InlineData("""{"h":7}""")]
    public Task An_envelope_of_nonsense(string envelope) =>
        Poisons(mq => mq.AddHandler("bad", (_, _) => Task.CompletedTask), Job("bad").Named("bad").WithEnvelope(Bytes(envelope)), "");

    [Fact]
    public Task A_result_that_cannot_be_written() => Poisons(
        mq => mq.AddHandler("bad", (_, _) => Task.FromResult<Stream>(new MemoryStream())), Job("bad").Named("bad"), "cannot be written as JSON");

    [Fact]
    public Task A_result_that_contains_itself() => Poisons(
        mq => mq.AddHandler("bad", (_, _) =>
        {
            var knot = new Knot();
            knot.Self = knot;
            return Task.FromResult(knot);
        }),
        Job("bad").Named("bad"),
        "cannot be written as JSON");

    [Fact]
    public Task A_result_over_the_limit() => Poisons(
        mq => mq.Configure(options => options.MaxPayloadBytes = 2_048).AddHandler("bad", (_, _) => Task.FromResult(new string('x', 2_048))),
        Job("bad").Named("bad"),
        "2048");

    [Fact]
    public Task A_handler_whose_constructor_throws() =>
        Poisons(mq => mq.AddHandler<Greet, ThrowingHandler>(), Job("bad").Named("greet").WithPayload(Bytes("""{"name":"x"}""")), "not today");

    [Fact]
    public Task A_handler_that_cannot_be_made() =>
        Poisons(mq => mq.AddHandler<Greet, GreetHandler>(), Job("bad").Named("greet").WithPayload(Bytes("""{"name":"x"}""")), nameof(Greeted));

    [Fact]
    public Task A_handler_whose_disposal_throws() =>
        Poisons(mq => mq.AddHandler<Greet, UndisposableHandler>(), Job("bad").Named("greet").WithPayload(Bytes("""{"name":"x"}""")), "stays");

    [Fact]
    public Task An_exception_whose_message_throws() =>
        Poisons(mq => mq.AddHandler("bad", (_, _) => throw new NastyException()), Job("bad").Named("bad"), nameof(NastyException));

    [Fact]
    public Task An_exception_of_a_megabyte() => Poisons(
        mq => mq.AddHandler("bad", (_, _) => throw new InvalidOperationException("x" + new string('y', 1 << 20))), Job("bad").Named("bad"), "xyyy");

    [Fact]
    public Task An_exception_whose_message_is_no_text() => Poisons(
        mq => mq.AddHandler("bad", (_, _) => throw new InvalidOperationException("\uD800 \0 \uDC00")), Job("bad").Named("bad"), "InvalidOperation");

    [Fact]
    public Task A_handler_that_throws_before_its_first_await() =>
        Poisons(mq => mq.AddHandler("bad", (_, _) => throw new InvalidOperationException("at once")), Job("bad").Named("bad"), "at once");

    [Fact]
    public Task A_handler_that_throws_later() => Poisons(
        mq => mq.AddHandler("bad", async (_, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("later");
        }),
        Job("bad").Named("bad"),
        "later");

    [Fact]
    public Task A_handler_that_returns_null_for_a_task() =>
        Poisons(mq => mq.AddHandler("bad", (_, _) => null!), Job("bad").Named("bad"), "returned null where a task belongs");

    [Fact]
    public Task A_handler_with_result_that_returns_null_for_a_task() =>
        Poisons(mq => mq.AddHandler<int>("bad", (_, _) => null!), Job("bad").Named("bad"), "returned null where a task belongs");

    [Fact]
    public Task A_handler_that_cancels_itself() =>
        Poisons(mq => mq.AddHandler("bad", (_, _) => throw new OperationCanceledException("of its own")), Job("bad").Named("bad"), "of its own");

    [Fact]
    public Task A_handler_that_reports_nonsense() =>
        Poisons(mq => mq.AddHandler("bad", (context, token) => context.ReportProgressAsync(double.NaN, null, token)), Job("bad").Named("bad"), "0 to 100");

    [Fact]
    public async Task A_logger_that_throws_ends_neither_worker_nor_keeper()
    {
        await using AsyncMQHost mq = await Store.Start(mq =>
        {
            mq.Services.AddLogging(logging => Microsoft.Extensions.Logging.LoggingBuilderExtensions.AddProvider(logging, new ThrowingLogger()));
            mq.AddHandler("bad", (_, _) => throw new InvalidOperationException("no"));
            mq.AddHandler("work", (_, _) => Task.CompletedTask).AddWorker(DefaultQueue, worker => worker.Concurrency = 1);
        });

        await (await mq.Client.AddAsync("bad")).EndsOtherwise();
        await mq.Client.AddAsync("unknown");
        await (await mq.Client.AddAsync("work")).Ends();
    }

    // A poisoned job between sound ones, on one slot: it fails with its reason, and the worker goes on.
    private async Task Poisons(Action<AsyncMQBuilder> configure, NewJob poison, string reason)
    {
        await using AsyncMQHost mq = Store.Host(mq =>
        {
            configure(mq);
            mq.AddHandler("sound", (_, _) => Task.CompletedTask).AddWorker(DefaultQueue, worker => worker.Concurrency = 1);
        });
        await Store.AddBulk(Job("before").Named("sound"), poison, Job("after").Named("sound"));

        await mq.StartAsync();
        await Store.Until(2, JobState.Completed);
        await Store.Until(poison.Ref, JobState.Failed);

        JobInfo info = await mq.Get(poison.Ref);
        Assert.Contains(reason, info.Error!.Message + info.Error.Type, StringComparison.Ordinal);
        Assert.Single(info.Attempts);
        await (await mq.Client.AddAsync("sound")).Ends();
        await Clients.Until(async () => (await Store.WorkerSession()).Claims == 0);
    }

    private sealed class Knot
    {
        public Knot? Self { get; set; }
    }

    private sealed class ThrowingHandler : IJobHandler<Greet>
    {
        public ThrowingHandler() => throw new InvalidOperationException("not today");

        public Task HandleAsync(Greet job, JobContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class UndisposableHandler : IJobHandler<Greet>, IDisposable
    {
        public Task HandleAsync(Greet job, JobContext context, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => throw new InvalidOperationException("it stays");
    }

    private sealed class NastyException : Exception
    {
        public override string Message => throw new InvalidOperationException();

        public override string ToString() => throw new InvalidOperationException();
    }

    private sealed class ThrowingLogger : Microsoft.Extensions.Logging.ILoggerProvider, Microsoft.Extensions.Logging.ILogger
    {
        public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel,
            Microsoft.Extensions.Logging.EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => throw new InvalidOperationException("the log is full");

        public void Dispose()
        {
        }
    }
}
