namespace AsyncMQ.Testing.Tests;

/// <summary>Repeatables fire when the clock passes their times, each at its own.</summary>
public sealed class RepeatableTests
{
    private readonly Diary ran = new();

    [Fact]
    public async Task Each_occurrence_runs_at_its_time()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        await host.Client.GetQueue("default").UpsertRepeatableAsync("hourly", Schedule.Every(1.Hours()), JobSpec.Of("work"));

        await host.AdvanceAsync(1.Hours() - TimeSpan.FromTicks(1));
        Assert.Empty(ran.When);
        await host.AdvanceAsync(3.Hours());

        Assert.Equal([1.Hours(), 2.Hours(), 3.Hours()], ran.When);
        Assert.Equal(3, (await host.Client.GetQueue("default").GetRepeatableAsync("hourly"))!.Runs);
        Assert.Equal(["@hourly@20310301T130000.000Z", "@hourly@20310301T140000.000Z", "@hourly@20310301T150000.000Z"], host.Added.Select(job => job.Id));
    }

    [Fact]
    public async Task A_repeatable_of_the_configuration_starts_with_the_first_run()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddHandler("work", ran.Handle)
            .AddRepeatable("nightly", Schedule.Cron("0 3 * * *", "Europe/Berlin"), JobSpec.Of("work", ["night"]))
            .AddWorker("default"));

        await host.AdvanceAsync(2.Days());

        Assert.Equal([14.Hours(), 38.Hours()], ran.When);
    }

    [Fact]
    public async Task Several_repeatables_and_queues_take_their_turns()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddHandler("work", ran.Handle)
            .AddRepeatable("a", Schedule.Every(2.Minutes()), JobSpec.Of("work", ["a"]) with { Queue = "one" })
            .AddRepeatable("b", Schedule.Every(3.Minutes()), JobSpec.Of("work", ["b"]) with { Queue = "two" }));

        await host.AdvanceAsync(8.Minutes());

        Assert.Equal(["a", "b", "a", "a", "b", "a"], ran.What.Zip(ran.When).OrderBy(entry => entry.Second).ThenBy(entry => entry.First).Select(entry => entry.First));
        Assert.Equal([2.Minutes(), 3.Minutes(), 4.Minutes(), 6.Minutes(), 6.Minutes(), 8.Minutes()], ran.When);
    }

    [Fact]
    public async Task Jobs_are_added_without_a_handler_or_a_worker()
    {
        await using AsyncMQTestHost host = Kit.Host(_ => { });
        await host.Client.GetQueue("reports").UpsertRepeatableAsync("daily", Schedule.Cron("@daily"), JobSpec.Of("report"));

        await host.AdvanceAsync(3.Days());

        Assert.Equal([12.Hours(), 36.Hours(), 60.Hours()], host.Added.Select(job => job.AddedAt - Kit.Start));
        Assert.All(host.Added, job => Assert.Equal(("reports", "report"), (job.Queue, job.Name)));
    }

    [Fact]
    public async Task Nothing_is_added_while_the_host_does_not_run()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        await host.RunUntilIdleAsync();

        await host.Client.GetQueue("default").UpsertRepeatableAsync("now", Schedule.Every(1.Hours()) with { RunAtOnce = true }, JobSpec.Of("work"));
        await Task.Delay(20);
        Assert.Empty(host.Added);

        await host.RunUntilIdleAsync();
        Assert.Equal([TimeSpan.Zero], ran.When);
    }

    [Fact]
    public async Task One_whose_last_job_runs_is_left_out_when_asked()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddHandler("long", async (context, token) =>
            {
                ran.Note("long", context);
                await Task.Delay(90.Minutes(), context.Time(), token);
            })
            .AddRepeatable("long", Schedule.Every(1.Hours()) with { Overlap = OverlapPolicy.Skip }, JobSpec.Of("long")));

        await host.AdvanceAsync(5.Hours());

        Assert.Equal([1.Hours(), 3.Hours(), 5.Hours()], ran.When);
        Assert.Equal(3, host.Added.Count);
    }

    [Fact]
    public async Task A_triggered_one_runs_beside_its_times()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        IJobQueue queue = host.Client.GetQueue("default");
        await queue.UpsertRepeatableAsync("hourly", Schedule.Every(1.Hours()), JobSpec.Of("work"));
        await host.AdvanceAsync(30.Minutes());

        JobHandle? job = await queue.TriggerRepeatableAsync("hourly");
        await host.AdvanceAsync(30.Minutes());

        Assert.Equal([30.Minutes(), 1.Hours()], ran.When);
        Assert.Equal(host.Added[0].Ref, job!.Ref);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_local_one_runs_at_its_times_too(bool hasWorker)
    {
        await using AsyncMQTestHost host = Kit.Host(mq =>
        {
            mq.AddHandler("work", ran.Handle).AddLocalRepeatable("tick", Schedule.Every(10.Minutes()) with { MaxRuns = 3 }, JobSpec.Of("work"));
            if (hasWorker)
                mq.AddWorker("default");
        });

        await host.AdvanceAsync(1.Hours());

        Assert.Equal([10.Minutes(), 20.Minutes(), 30.Minutes()], ran.When);
        Assert.Empty(await host.Client.GetQueue("default").GetRepeatablesAsync());
    }

    [Fact]
    public async Task A_local_one_added_while_the_host_runs_ends_when_it_is_disposed()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq.AddHandler("work", ran.Handle));
        await host.AdvanceAsync(1.Minutes());
        IDisposable repeating = host.Client.GetQueue("default").AddLocalRepeatable("tick", Schedule.Every(10.Minutes()), JobSpec.Of("work"));
        await host.AdvanceAsync(25.Minutes());

        repeating.Dispose();
        await host.AdvanceAsync(1.Hours());

        Assert.Equal([11.Minutes(), 21.Minutes()], ran.When);
    }

    [Fact]
    public async Task A_year_of_days_passes_in_a_moment_and_is_the_same_each_time()
    {
        string[] first = await LiveAsync(), second = await LiveAsync();

        Assert.Equal(366 + 53, first.Length);
        Assert.Equal(first, second);

        async Task<string[]> LiveAsync()
        {
            await using AsyncMQTestHost host = Kit.Host(mq => mq
                .AddHandler("work", (_, _) => Task.CompletedTask)
                .AddRepeatable("daily", Schedule.Cron("30 2 * * *", "America/New_York"), JobSpec.Of("work"))
                .AddRepeatable("weekly", Schedule.Cron("0 6 * * MON", "Europe/Berlin"), JobSpec.Of("work")));
            await host.AdvanceAsync(366.Days());
            return [.. host.Added.Select(job => $"{job.Id} {job.AddedAt:O}")];
        }
    }

    [Fact]
    public async Task A_lost_lease_loses_no_occurrence()
    {
        await using AsyncMQTestHost host = Kit.Host(mq => mq
            .AddHandler("slow", (context, token) => Task.Delay(1.Minutes(), context.Time(), token))
            .AddHandler("work", ran.Handle)
            .AddRepeatable("tick", Schedule.Every(1.Seconds()), JobSpec.Of("work")));
        await host.Client.AddAsync("slow");
        await host.AdvanceAsync(1.Seconds());

        await host.LoseLeaseAsync();
        await host.AdvanceAsync(10.Seconds());

        Assert.True(host.Elapsed() > 25.Seconds());
        Assert.Equal(Enumerable.Range(1, (int)host.Elapsed().TotalSeconds), host.Added.Skip(1).Select(job => (int)(job.AddedAt - Kit.Start).TotalSeconds));
        Assert.Equal(host.Added.Count - 1, ran.When.Distinct().Count());
    }
}
