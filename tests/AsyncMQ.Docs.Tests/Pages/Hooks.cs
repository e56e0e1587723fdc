using System.Net;
using System.Text.Json;
using AsyncMQ.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Docs.Tests.Pages.Hooks;

// The code of docs/hooks.md: each of its C# blocks stands here as it is there.

public sealed class Timing(TimeProvider time) : IJobMiddleware
{
    public async ValueTask<ReadOnlyMemory<byte>> InvokeAsync(JobContext context, JobNext next, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        try
        {
            return await next(cancellationToken);
        }
        finally
        {
            Console.WriteLine($"{context.Ref} took {time.GetElapsedTime(started)}");
        }
    }
}

public sealed class WithTenant : IProducerMiddleware
{
    public static readonly AsyncLocal<string?> Current = new();

    public JobSpec OnAdding(JobSpec job, string queue)
    {
        string tenant = Current.Value ?? throw new InvalidOperationException($"Job '{job.JobName}' is added without a tenant.");
        return job with { Options = job.Options with { Headers = new Dictionary<string, string>(job.Options.Headers ?? new Dictionary<string, string>()) { ["tenant"] = tenant } } };
    }
}

public sealed class WarmCache
{
    public bool IsFull { get; private set; }

    public Task FillAsync(CancellationToken cancellationToken)
    {
        IsFull = !cancellationToken.IsCancellationRequested;
        return Task.CompletedTask;
    }
}

public sealed class HookTests
{
    [Fact]
    public async Task Middleware_stands_around_jobs()
    {
        await using AsyncMQTestHost host = AsyncMQTestHost.Create(mq =>
        {
            mq.AddMiddleware<Timing>();                                                 // around all jobs, the first registered is the outermost
            mq.AddMiddleware(async (context, next, token) =>
            {
                if (context.Headers.TryGetValue("cached", out string? cached))
                    return JsonSerializer.SerializeToUtf8Bytes(cached);                 // without the handler
                try
                {
                    return await next(token);
                }
                catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.NotFound)
                {
                    throw new UnrecoverableJobException("It is gone; trying again is of no use.", e);
                }
            }, job: "fetch");                                                           // around the jobs of one name

            mq.AddHandler("fetch", (_, _) => Task.FromResult("fetched"));
        });
        JobHandle cached = await host.Client.AddAsync("fetch", null, new() { Headers = new Dictionary<string, string> { ["cached"] = "from the cache" } });
        JobHandle gone = await host.Client.AddAsync("fetch", null, new() { Retries = 3 });
        host.FailAttempt(gone.Ref, attempt: 1, new HttpRequestException("no such page", null, HttpStatusCode.NotFound));

        await host.RunUntilIdleAsync();

        Assert.Equal("from the cache", (await cached.WaitAsync()).Get<string>());
        JobInfo? failed = await host.GetJobAsync(gone.Ref);
        Assert.Equal((JobState.Failed, "It is gone; trying again is of no use."), (failed!.State, failed.Error!.Message));
    }

    [Fact]
    public async Task Producer_middleware_sees_what_is_added()
    {
        await using AsyncMQTestHost host = AsyncMQTestHost.Create(mq =>
        {
            mq.AddProducerMiddleware((job, queue) => job with
            {
                Options = job.Options with { Tags = [.. job.Options.Tags ?? [], "from-web"], Retries = job.Options.Retries ?? 3 },
            });
            mq.AddProducerMiddleware<WithTenant>();

            mq.AddHandler("work", (_, _) => Task.CompletedTask);
        });
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.AddAsync("work"));

        WithTenant.Current.Value = "seven";
        await host.Client.AddAsync("work");

        JobOptions options = Assert.Single(host.Added).Options;
        Assert.Equal(("from-web", 3, "seven"), (options.Tags![0], options.Retries, options.Headers!["tenant"]));
    }

    [Fact]
    public async Task Hooks_run_when_workers_start_and_stop()
    {
        AsyncMQTestHost host = AsyncMQTestHost.Create(mq =>
        {
            mq.Services.AddSingleton<WarmCache>();
            mq.OnWorkerStart(async (worker, token) => await worker.Services.GetRequiredService<WarmCache>().FillAsync(token));
            mq.OnWorkerStop((worker, _) => Console.WriteLine($"{worker.Name} ({string.Join(", ", worker.Queues)}) has stopped."));

            mq.AddHandler("work", (_, _) => Task.CompletedTask).AddWorker("default");
        });
        await host.RunUntilIdleAsync();

        Assert.True(host.Services.GetRequiredService<WarmCache>().IsFull);
        await host.DisposeAsync();
    }
}
