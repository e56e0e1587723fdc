using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Testing.Tests;

/// <summary>What a host is made of, and what it tells of adds.</summary>
public sealed class HostTests
{
    [Fact]
    public void A_store_or_a_clock_of_the_tests_own_is_refused()
    {
        Assert.Contains("its own store", Assert.Throws<InvalidOperationException>(() => AsyncMQTestHost.Create(mq => mq.UseInMemory())).Message, StringComparison.Ordinal);
        Assert.Contains("its own clock", Assert.Throws<InvalidOperationException>(
            () => AsyncMQTestHost.Create(mq => mq.Configure(options => options.TimeProvider = new Clockwork()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_clock_is_the_time_provider_of_the_services_whatever_was_registered()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.Services.AddSingleton(TimeProvider.System));
        Assert.Same(host.Time, host.Services.GetRequiredService<TimeProvider>());
        Assert.Same(host.Client, host.Services.GetRequiredService<IJobClient>());
        Assert.Equal(Kit.Start, host.Time.GetUtcNow());
    }

    [Fact]
    public async Task Two_hosts_do_the_same_twice()
    {
        async Task<string[]> RunAsync()
        {
            await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("a", (_, _) => Task.CompletedTask));
            for (int i = 0; i < 5; i++)
                await host.Client.AddAsync("a");
            await host.RunUntilIdleAsync();
            return [.. host.Added.Select(job => job.Id)];
        }

        Assert.Equal(await RunAsync(), await RunAsync());
    }

    [Fact]
    public async Task What_was_added_is_told_in_order_with_its_options()
    {
        await using AsyncMQTestHost host = Kit.Host(_ => { });
        JobOptions options = new()
        {
            JobId = "w-1",
            Delay = 1.Hours(),
            Priority = 2,
            TimeToLive = 2.Hours(),
            Retries = 4,
            Backoff = Backoff.Fixed(3.Seconds()),
            Timeout = 5.Seconds(),
            Tags = ["vip"],
            Deduplication = Deduplication.Simple("d"),
        };
        await host.Client.AddAsync(new Welcome("a@b.c"), options);
        await host.Client.AddAsync(new Welcome("twice@b.c"), new() { JobId = "w-1" });
        await host.AdvanceAsync(1.Minutes());
        await host.Client.AddBulkAsync([JobSpec.Of("plain", [1, "x"]), JobSpec.Of(new Welcome("d@e.f"))]);

        Assert.Equal(["mail.welcome", "plain", "mail.welcome"], host.Added.Select(job => job.Name));
        Assert.Equal([new Welcome("a@b.c"), new Welcome("d@e.f")], host.GetAdded<Welcome>());
        JobAdded first = host.Added[0], plain = host.Added[1];
        Assert.Equal(new JobRef("mail", "w-1"), first.Ref);
        Assert.Equal(Kit.Start, first.AddedAt);
        Assert.Equal(
            (options.JobId, options.Delay, options.Priority, options.TimeToLive, options.Retries, options.Backoff, options.Timeout, options.Deduplication),
            (first.Options.JobId, first.Options.Delay, first.Options.Priority, first.Options.TimeToLive, first.Options.Retries, first.Options.Backoff, first.Options.Timeout, first.Options.Deduplication));
        Assert.Equal(options.Tags, first.Options.Tags);
        Assert.Equal(("default", 1, Kit.Start + 1.Minutes()), (plain.Queue, plain.Args[0].GetInt32(), plain.AddedAt));
        Assert.Null(plain.Options.JobId);
    }

    [Fact]
    public async Task The_clock_does_not_go_back()
    {
        await using AsyncMQTestHost host = Kit.Host(_ => { });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => host.AdvanceAsync(-1.Seconds()));
    }

    [Fact]
    public async Task A_timer_of_the_test_fires_at_its_own_time()
    {
        await using AsyncMQTestHost host = Kit.Host(_ => { });
        var fired = new List<TimeSpan>();
        await using ITimer timer = host.Time.CreateTimer(_ => fired.Add(host.Elapsed()), null, 3.Seconds(), 5.Seconds());

        await host.AdvanceAsync(14.Seconds());

        Assert.Equal([3.Seconds(), 8.Seconds(), 13.Seconds()], fired);
    }

    [Fact]
    public async Task A_wait_for_a_job_ends_when_the_host_has_run_it()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("sum", (context, _) => Task.FromResult(context.Args[0].GetInt32() + 1)));
        JobHandle job = await host.Client.AddAsync("sum", [1]);
        Task<JobResult> result = job.WaitAsync();

        await host.RunUntilIdleAsync();

        Assert.Equal(2, (await result).Get<int>());
    }

    [Job("mail.welcome", Queue = "mail")]
    private sealed record Welcome(string To) : IJob;

    private sealed class Clockwork : TimeProvider;
}
