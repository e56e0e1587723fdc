namespace AsyncMQ.Testing.Tests;

/// <summary>When failed attempts are made again, to the tick.</summary>
public sealed class RetryTests
{
    private readonly Diary ran = new();

    public static TheoryData<Backoff, double[]> Backoffs => new()
    {
        { Backoff.Default, [1, 2, 4, 8, 16, 32] },
        { Backoff.None, [0, 0, 0] },
        { Backoff.Fixed(7.Seconds()), [7, 7, 7] },
        { Backoff.Fixed(2.5.Seconds()), [2.5, 2.5] },
        { Backoff.Exponential(0.1.Seconds(), jitter: 0), [0.1, 0.2, 0.4, 0.8, 1.6] },
        { Backoff.Exponential(10.Seconds(), factor: 3, longest: 60.Seconds(), jitter: 0), [10, 30, 60, 60] },
        { Backoff.Steps(1.Seconds(), 1.Minutes(), 1.Hours()), [1, 60, 3600, 3600] },
    };

    [Theory]
    [MemberData(nameof(Backoffs))]
    public async Task Each_attempt_is_made_at_its_exact_time(Backoff backoff, double[] waits)
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Fail));
        JobHandle job = await host.Client.AddAsync("work", null, new() { Retries = waits.Length, Backoff = backoff });

        await host.AdvanceAsync(1.Days());

        Assert.Equal(Times(waits), ran.When);
        Assert.Equal(Enumerable.Range(1, waits.Length + 1).Select(attempt => $"{attempt}"), ran.What);
        JobInfo failed = (await host.GetJobAsync(job.Ref))!;
        Assert.Equal(JobState.Failed, failed.State);
        Assert.Equal(ran.When.Select(at => Kit.Start + at), failed.Attempts.Select(attempt => attempt.StartedAt));
    }

    [Fact]
    public async Task The_default_back_off_grows_to_an_hour()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Fail, handler => handler.Retries = 15));
        await host.Client.AddAsync("work");

        await host.AdvanceAsync(2.Days());

        TimeSpan[] when = [.. ran.When];
        Assert.Equal(16, when.Length);
        Assert.Equal(2048.Seconds(), when[12] - when[11]);
        Assert.All(Enumerable.Range(13, 3), attempt => Assert.Equal(1.Hours(), when[attempt] - when[attempt - 1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(0.999)]
    public async Task Jitter_takes_away_up_to_a_fifth(double chance)
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Fail, handler => handler.Retries = 4));
        host.Chance = chance;
        await host.Client.AddAsync("work");

        await host.AdvanceAsync(1.Minutes());

        TimeSpan[] when = [.. ran.When];
        for (int attempt = 1; attempt <= 4; attempt++)
        {
            TimeSpan full = TimeSpan.FromSeconds(1 << (attempt - 1)), wait = when[attempt] - when[attempt - 1];
            Assert.InRange(wait, full * 0.8, full);
            Assert.InRange(wait - (full * (1 - (0.2 * chance))), -1.Milliseconds(), 1.Milliseconds());
        }
    }

    [Fact]
    public async Task A_put_back_runs_after_its_delay_and_does_not_count()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", (context, _) =>
        {
            ran.Note($"{context.Attempt}", context);
            return ran.Count < 3 ? throw new RetryJobException(10.Minutes()) : Task.CompletedTask;
        }));
        JobHandle job = await host.Client.AddAsync("work");

        await host.AdvanceAsync(1.Hours());

        Assert.Equal([TimeSpan.Zero, 10.Minutes(), 20.Minutes()], ran.When);
        Assert.Equal(["1", "1", "1"], ran.What);
        Assert.Equal(JobState.Completed, await host.StateOf(job));
    }

    [Fact]
    public async Task An_attempt_is_cancelled_at_its_timeout()
    {
        JobCancellationReason reason = default;
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", async (context, token) =>
        {
            ran.Note("start", context);
            try
            {
                await Task.Delay(1.Days(), context.Time(), token);
            }
            finally
            {
                reason = context.CancellationReason;
                ran.Note("end", context);
            }
        }));
        JobHandle job = await host.Client.AddAsync("work", null, new() { Timeout = 30.Seconds(), Retries = 1, Backoff = Backoff.Fixed(1.Minutes()) });

        await host.AdvanceAsync(1.Hours());

        Assert.Equal(JobCancellationReason.Timeout, reason);
        Assert.Equal([TimeSpan.Zero, 30.Seconds(), 90.Seconds(), 120.Seconds()], ran.When);
        JobInfo failed = (await host.GetJobAsync(job.Ref))!;
        Assert.Equal(JobState.Failed, failed.State);
        Assert.Contains("longer than its timeout", failed.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_waits_for_its_token_alone_is_timed_out_too()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", (_, token) => Task.Delay(Timeout.Infinite, token)));
        JobHandle job = await host.Client.AddAsync("work", null, new() { Timeout = 30.Seconds() });

        await host.AdvanceAsync(30.Seconds());

        Assert.Equal(JobState.Failed, await host.StateOf(job));
        Assert.Equal(Kit.Start + 30.Seconds(), (await host.GetJobAsync(job.Ref))!.FinishedAt);
    }

    private static IEnumerable<TimeSpan> Times(double[] waits)
    {
        TimeSpan at = TimeSpan.Zero;
        yield return at;
        foreach (double wait in waits)
            yield return at += TimeSpan.FromSeconds(wait);
    }
}
