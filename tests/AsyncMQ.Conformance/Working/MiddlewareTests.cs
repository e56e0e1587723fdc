using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Conformance.Working;

/// <summary>What stands around the attempts of jobs.</summary>
public abstract class MiddlewareTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Middleware_stands_around_the_handler_in_the_order_of_registration()
    {
        var said = new ConcurrentQueue<string>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddMiddleware(Says(said, "outer"))
            .AddMiddleware(new Noting(said, "inner"))
            .AddHandler("work", (_, _) => Say(said, "handler"))
            .AddWorker(DefaultQueue));

        await (await mq.Client.AddAsync("work")).Ends();

        Assert.Equal(["outer in", "inner in", "handler", "inner out", "outer out"], said);
    }

    [Fact]
    public async Task A_type_comes_from_the_scope_of_the_attempt_that_the_handler_has_too()
    {
        var seen = new ConcurrentQueue<(Scoped InMiddleware, Scoped InHandler)>();
        await using AsyncMQHost mq = await Store.Start(mq =>
        {
            mq.Services.AddScoped<Scoped>();
            mq.AddMiddleware<Scoping>()
                .AddHandler("work", (context, _) =>
                {
                    var scoped = context.Services.GetRequiredService<Scoped>();
                    seen.Enqueue((scoped.SetBy!, scoped));
                    return Task.CompletedTask;
                })
                .AddWorker(DefaultQueue);
        });

        foreach (JobHandle job in await mq.AddMany(3))
            await job.Ends();

        Assert.All(seen, pair => Assert.Same(pair.InHandler, pair.InMiddleware));
        Assert.Equal(3, seen.DistinctBy(pair => pair.InHandler).Count());
        await Hosts.Until(() => seen.All(pair => pair.InHandler.IsDisposed));
    }

    [Fact]
    public async Task A_middleware_may_answer_in_place_of_the_handler()
    {
        int handled = 0;
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddMiddleware((_, _, _) => new("\"from the cache\""u8.ToArray()))
            .AddHandler("work", (_, _) => Task.FromResult($"{Interlocked.Increment(ref handled)}"))
            .AddWorker(DefaultQueue));

        JobResult result = await (await mq.Client.AddAsync("work")).Ends();

        Assert.Equal("from the cache", result.Get<string>());
        Assert.Equal(0, handled);
    }

    [Fact]
    public async Task A_middleware_may_change_arguments_and_result()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddMiddleware(async (context, next, token) =>
            {
                context.Args = JobArgs.FromJson($$"""{"left":{{context.Args["left"]}},"right":40}""");
                ReadOnlyMemory<byte> result = await next(token);
                return JsonOf(int.Parse(System.Text.Encoding.UTF8.GetString(result.Span), System.Globalization.CultureInfo.InvariantCulture) + 1);
            })
            .AddHandler<Sum, int, SumHandler>()
            .AddWorker("sums"));

        JobHandle<int> job = await mq.Client.AddAsync(new Sum(1, 2));

        Assert.Equal(42, await job.WaitAsync().WaitAsync(Patience));
        Assert.Equal("""{"left":1,"right":2}""", (await mq.Get(job.Ref)).Args.Text());
    }

    [Fact]
    public async Task A_middleware_sees_the_exception_and_may_put_another_in_its_place()
    {
        var seen = new ConcurrentQueue<Exception>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddMiddleware(async (_, next, token) =>
            {
                try
                {
                    return await next(token);
                }
                catch (Exception e)
                {
                    seen.Enqueue(e);
                    throw new UnrecoverableJobException("of no use", e);
                }
            })
            .AddHandler("work", (_, _) => throw new InvalidOperationException("at first"), handler => handler.Retries = 5)
            .AddWorker(DefaultQueue));

        JobNotCompletedException end = await (await mq.Client.AddAsync("work")).EndsOtherwise();

        Assert.Equal("of no use", end.Error!.Message);
        Assert.Equal("at first", Assert.Single(seen).Message);
    }

    [Fact]
    public async Task A_middleware_may_make_good_what_failed()
    {
        int tries = 0;
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddMiddleware(async (_, next, token) =>
            {
                try
                {
                    return await next(token);
                }
                catch (InvalidOperationException)
                {
                    return await next(token);
                }
            })
            .AddHandler("work", (_, _) => Interlocked.Increment(ref tries) == 1 ? throw new InvalidOperationException("once") : Task.FromResult(tries))
            .AddWorker(DefaultQueue));

        JobHandle job = await mq.Client.AddAsync("work");

        Assert.Equal(2, (await job.Ends()).Get<int>());
        Assert.Equal(1, (await mq.Get(job.Ref)).Attempt);
    }

    [Fact]
    public async Task An_exception_of_a_middleware_fails_the_attempt_like_one_of_the_handler()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddMiddleware((context, next, token) => context.Attempt == 1 ? throw new InvalidOperationException("not yet") : next(token))
            .AddHandler("work", (_, _) => Task.CompletedTask, handler => (handler.Retries, handler.Backoff) = (1, Backoff.None))
            .AddWorker(DefaultQueue));

        JobHandle job = await mq.Client.AddAsync("work");
        await job.Ends();

        JobInfo info = await mq.Get(job.Ref);
        Assert.Equal(2, info.Attempt);
        Assert.Equal("not yet", info.Attempts[0].Error!.Message);
    }

    [Fact]
    public async Task A_middleware_for_one_name_leaves_other_jobs_alone()
    {
        var said = new ConcurrentQueue<string>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddMiddleware(Says(said, "its own"), job: "sum")
            .AddHandler<Sum, int, SumHandler>()
            .AddHandler("work", (_, _) => Say(said, "handler"))
            .AddWorker(worker => worker.Queue(DefaultQueue).Queue("sums")));

        await (await mq.Client.AddAsync("work")).Ends();
        await (await mq.Client.AddAsync(new Sum(1, 2))).Ends();

        Assert.Equal(["handler", "its own in", "its own out"], said);
    }

    [Fact]
    public async Task The_timeout_of_the_attempt_covers_its_middleware()
    {
        var reason = new TaskCompletionSource<JobCancellationReason>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddMiddleware(async (context, _, token) =>
            {
                await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => { }, TaskScheduler.Default);
                reason.SetResult(context.CancellationReason);
                token.ThrowIfCancellationRequested();
                return default;
            })
            .AddHandler("work", (_, _) => Task.CompletedTask, handler => handler.Timeout = TimeSpan.FromMilliseconds(50))
            .AddWorker(DefaultQueue));

        JobNotCompletedException end = await (await mq.Client.AddAsync("work")).EndsOtherwise();

        Assert.Equal(typeof(TimeoutException).FullName, end.Error!.Type);
        Assert.Equal(JobCancellationReason.Timeout, await reason.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_result_that_a_middleware_made_too_large_is_refused()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.MaxPayloadBytes = 1_024)
            .AddMiddleware((_, _, _) => new(JsonOf(new string('x', 2_000))))
            .AddHandler("work", (_, _) => Task.CompletedTask)
            .AddWorker(DefaultQueue));

        JobNotCompletedException end = await (await mq.Client.AddAsync("work")).EndsOtherwise();

        Assert.Equal(typeof(PayloadTooLargeException).FullName, end.Error!.Type);
    }

    private static byte[] JsonOf<T>(T value) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(value);

    private static Task Say(ConcurrentQueue<string> said, string what)
    {
        said.Enqueue(what);
        return Task.CompletedTask;
    }

    private static Func<JobContext, JobNext, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> Says(ConcurrentQueue<string> said, string name) => async (_, next, token) =>
    {
        said.Enqueue($"{name} in");
        ReadOnlyMemory<byte> result = await next(token);
        said.Enqueue($"{name} out");
        return result;
    };

    private sealed class Noting(ConcurrentQueue<string> said, string name) : IJobMiddleware
    {
        public ValueTask<ReadOnlyMemory<byte>> InvokeAsync(JobContext context, JobNext next, CancellationToken cancellationToken) => Says(said, name)(context, next, cancellationToken);
    }

    public sealed class Scoped : IDisposable
    {
        public Scoped? SetBy { get; set; }

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    public sealed class Scoping(Scoped scoped) : IJobMiddleware
    {
        public ValueTask<ReadOnlyMemory<byte>> InvokeAsync(JobContext context, JobNext next, CancellationToken cancellationToken)
        {
            scoped.SetBy = scoped;
            return next(cancellationToken);
        }
    }
}
