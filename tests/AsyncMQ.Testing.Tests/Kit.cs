using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Testing.Tests;

/// <summary>What the tests of this project share.</summary>
internal static class Kit
{
    public static readonly DateTimeOffset Start = new(2031, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TimeSpan Milliseconds(this int count) => TimeSpan.FromMilliseconds(count);

    public static TimeSpan Seconds(this int count) => TimeSpan.FromSeconds(count);

    public static TimeSpan Seconds(this double count) => TimeSpan.FromSeconds(count);

    public static TimeSpan Minutes(this int count) => TimeSpan.FromMinutes(count);

    public static TimeSpan Hours(this int count) => TimeSpan.FromHours(count);

    public static TimeSpan Days(this int count) => TimeSpan.FromDays(count);

    public static AsyncMQTestHost Host(Action<AsyncMQBuilder> configure) => AsyncMQTestHost.Create(configure, Start);

    /// <summary>A host whose job "outer" adds "inner", which is due in an hour, waits for its end and notes its result, "42".</summary>
    public static AsyncMQTestHost HostOfWaiting(Diary ran) => Host(mq => mq
        .AddHandler("inner", (context, _) => Task.FromResult(context.Args[0].GetInt32() * 2))
        .AddHandler("outer", async (context, token) =>
        {
            JobHandle inner = await context.Services.GetRequiredService<IJobClient>().GetQueue("inner").AddAsync("inner", [21], new() { Delay = 1.Hours() }, token);
            JobResult result = await inner.WaitAsync(token);
            ran.Note($"{result.Get<int>()}", context);
        }));

    /// <summary>The clock of the host, as a handler asks for it.</summary>
    public static TimeProvider Time(this JobContext context) => context.Services.GetRequiredService<TimeProvider>();

    public static async Task<JobState?> StateOf(this AsyncMQTestHost host, JobHandle job) => (await host.GetJobAsync(job.Ref))?.State;

    public static TimeSpan Elapsed(this AsyncMQTestHost host) => host.Time.GetUtcNow() - Start;
}

/// <summary>What handlers did, and when by the host's clock.</summary>
internal sealed class Diary
{
    private readonly ConcurrentQueue<(string What, TimeSpan At)> entries = new();

    public IEnumerable<string> What => entries.Select(entry => entry.What);

    public IEnumerable<TimeSpan> When => entries.Select(entry => entry.At);

    public int Count => entries.Count;

    public void Note(string what, JobContext context) => entries.Enqueue((what, context.Time().GetUtcNow() - Kit.Start));

    /// <summary>A handler that notes the job's first argument, or its name.</summary>
    public Task Handle(JobContext context, CancellationToken cancellationToken)
    {
        Note(context.Args.Count > 0 ? context.Args[0].ToString() : context.Name, context);
        return Task.CompletedTask;
    }

    /// <summary>A handler that notes its attempt and fails.</summary>
    public Task Fail(JobContext context, CancellationToken cancellationToken)
    {
        Note($"{context.Attempt}", context);
        throw new InvalidOperationException("no");
    }
}
