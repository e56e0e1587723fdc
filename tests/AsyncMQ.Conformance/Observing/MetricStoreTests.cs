namespace AsyncMQ.Conformance.Observing;

/// <summary>The figures of queues as a store keeps them: added up in buckets of its own time, bounded in time and names.</summary>
public abstract class MetricStoreTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Store.Add(Job("a"));
        await ToTheHour();
    }

    [Fact]
    public async Task Figures_of_one_minute_add_up_by_name_whoever_sent_them()
    {
        StoreDriver other = (await Drivers(1))[0];

        Assert.Equal(2, await Store.Record(Figures("work", completed: 2, ran: 10), Figures("rare", failed: 1)));
        Assert.Equal(1, await other.Record(Figures("work", completed: 3, retried: 1, ran: 20)));

        IReadOnlyList<MetricRecord> buckets = await Store.Metrics();
        Assert.Equal(["rare", "work"], buckets.Select(bucket => bucket.Name));
        Assert.Single(buckets.Select(bucket => bucket.Start).Distinct());
        JobFigures work = buckets[1].Figures;
        Assert.Equal((5, 0, 1, 0), (work.Completed, work.Failed, work.Retried, work.Other));
        Assert.Equal([new HistogramCount(Histogram.PartOf(10.Milliseconds()), 1), new(Histogram.PartOf(20.Milliseconds()), 1)], work.Ran.Counts);
    }

    [Fact]
    public async Task One_step_may_name_a_queue_and_name_more_than_once()
    {
        await Store.Record(Figures("work", completed: 1), Figures("work", completed: 2), Figures("work", failed: 4));

        JobFigures figures = Assert.Single(await Store.Metrics()).Figures;
        Assert.Equal((3, 4), (figures.Completed, figures.Failed));
    }

    [Fact]
    public async Task Each_minute_has_its_bucket_and_the_hour_holds_them_all()
    {
        await Store.Record(Figures("work", completed: 1));
        await Store.Advance(1.Minutes());
        await Store.Record(Figures("work", completed: 2));

        IReadOnlyList<MetricRecord> minutes = await Store.Metrics(), hours = await Store.Metrics(MetricResolution.Hour);

        Assert.Equal([1, 2], minutes.Select(bucket => bucket.Figures.Completed));
        Assert.Equal(1.Minutes(), minutes[1].Start - minutes[0].Start);
        Assert.Equal(0, minutes[0].Start.UtcTicks % TimeSpan.TicksPerMinute);
        MetricRecord hour = Assert.Single(hours);
        Assert.Equal(3, hour.Figures.Completed);
        Assert.Equal(0, hour.Start.UtcTicks % TimeSpan.TicksPerHour);
        Assert.InRange(await Store.Now(), minutes[1].Start, minutes[1].Start + 1.Minutes());
    }

    [Fact]
    public async Task Only_the_buckets_asked_for_are_told()
    {
        for (int minute = 0; minute < 4; minute++)
        {
            await Store.Record(Figures("work", completed: minute + 1));
            await Store.Advance(1.Minutes());
        }

        DateTimeOffset first = (await Store.Metrics())[0].Start;

        Assert.Equal([2, 3], Completed(await Store.Metrics(from: first + 1.Minutes(), to: first + 3.Minutes())));
        Assert.Equal([2, 3], Completed(await Store.Metrics(from: first + TimeSpan.FromSeconds(90), to: first + TimeSpan.FromSeconds(150))));
        Assert.Equal([1, 2], Completed(await Store.Metrics(to: first + 2.Minutes())));
        Assert.Equal([4], Completed(await Store.Metrics(from: first + 3.Minutes())));
        Assert.Empty(await Store.Metrics(from: first + 1.Days()));
        Assert.Empty(await Store.Metrics(queue: "nowhere"));
    }

    [Fact]
    public async Task Minutes_are_kept_for_two_hours_and_hours_for_seven_days()
    {
        await Store.Record(Figures("work", completed: 1));

        await Store.Advance(2.Hours());
        await Store.Maintain();
        Assert.Single(await Store.Metrics());
        await Store.Advance(1.Minutes());
        Assert.Empty(await Store.Metrics());
        await Store.Advance(6.Days() + 21.Hours());
        await Store.Maintain();
        Assert.Single(await Store.Metrics(MetricResolution.Hour));
        await Store.Advance(3.Hours());
        Assert.Empty(await Store.Metrics(MetricResolution.Hour));
    }

    [Fact]
    public async Task Housekeeping_drops_old_buckets_in_bounded_steps()
    {
        await Store.Record([.. Enumerable.Range(0, 25).Select(i => Figures($"name-{i}", completed: 1))]);
        await Store.Advance(3.Hours());

        MaintainReply reply = await Store.Maintain(limit: 10);
        Assert.Equal((0, 0, true), (reply.Removed, reply.Expired, reply.More));
        int steps = 1;
        while (reply.More)
        {
            reply = await Store.Maintain(limit: 10);
            steps++;
        }

        Assert.InRange(steps, 2, 4);
        Assert.False((await Store.Maintain(limit: 10)).More);
        Assert.Equal(25, (await Store.Metrics(MetricResolution.Hour)).Count);
    }

    [Fact]
    public async Task Names_that_are_too_many_in_a_bucket_are_counted_together()
    {
        await Store.Record([.. Enumerable.Range(0, 999).Select(i => Figures($"name-{i}", completed: 1))]);
        await Store.Record(Figures("the-last", completed: 1), Figures("too-many", completed: 1), Figures("too-many-2", completed: 1), Figures("name-7", completed: 1));
        await Store.Record(Figures("too-many-3", failed: 1, ran: 5));

        foreach (MetricResolution resolution in MetricRules.Resolutions)
        {
            IReadOnlyList<MetricRecord> buckets = await Store.Metrics(resolution);
            Assert.Equal(1_001, buckets.Count);
            JobFigures others = buckets.Single(bucket => bucket.Name == MetricRules.OtherNames).Figures;
            Assert.Equal((2, 1, 1), (others.Completed, others.Failed, others.Ran.Total));
            Assert.Equal(2, buckets.Single(bucket => bucket.Name == "name-7").Figures.Completed);
            Assert.Equal(1, buckets.Single(bucket => bucket.Name == "the-last").Figures.Completed);
        }
    }

    [Fact]
    public async Task Figures_make_no_queue_and_a_closed_one_takes_none()
    {
        await Store.Add(Job("x").In("closed"));
        await Store.Do(new QueueCommand.Close(Force: false), "closed");

        Assert.Equal(1, await Store.Record(Figures("work", completed: 1), Figures("work", completed: 1) with { Queue = "nowhere" }, Figures("work", completed: 1) with { Queue = "closed" }));

        Assert.Equal(["closed", DefaultQueue], (await Store.Store.QueuesAsync(Cancellation)).Select(queue => queue.Name));
        Assert.Empty(await Store.Metrics(queue: "closed"));
    }

    [Fact]
    public async Task A_queue_that_is_deleted_takes_its_figures_along()
    {
        await Store.Record([.. Enumerable.Range(0, 999).Select(i => Figures($"name-{i}", completed: 1))]);
        await Store.Do(JobCommand.Remove, "a");
        await Store.Do(new QueueCommand.Close(Force: false));
        QueueReply reply;
        do
            reply = await Store.Do(new QueueCommand.Delete());
        while (reply == QueueReply.More);

        Assert.Equal(QueueReply.Done, reply);
        await Store.Add(Job("a"));

        Assert.Empty(await Store.Metrics());
        Assert.Empty(await Store.Metrics(MetricResolution.Hour));
    }

    [Fact]
    public async Task Figures_sent_again_are_added_once()
    {
        var step = new RecordMetricsStep(Store.Steps.Next(StepCounter.Metrics), [Figures("work", completed: 1), Figures("work", completed: 1) with { Queue = "nowhere" }]);

        Assert.Equal(1, await Store.Store.RecordMetricsAsync(step, Cancellation));
        Assert.Equal(1, await Store.Store.RecordMetricsAsync(step, Cancellation));

        Assert.Equal([1], Completed(await Store.Metrics()));
        await Store.Record(Figures("work", completed: 1));
        await Assert.ThrowsAsync<StaleStepException>(async () => await Store.Store.RecordMetricsAsync(step, Cancellation));
    }

    [Fact]
    public async Task They_are_kept_when_the_store_is_closed()
    {
        await Store.Record(Figures("work", completed: 1, failed: 2, retried: 3, other: 4, ran: 100, waited: 7));
        await Reopen();

        JobFigures figures = Assert.Single(await Store.Metrics()).Figures;
        Assert.Equal((1, 2, 3, 4), (figures.Completed, figures.Failed, figures.Retried, figures.Other));
        Assert.Equal(
            (new(Histogram.PartOf(100.Milliseconds()), 1), new(Histogram.PartOf(7.Milliseconds()), 1)),
            (Assert.Single(figures.Ran.Counts), Assert.Single(figures.Waited.Counts)));
    }

    [Fact]
    public async Task Any_name_and_any_count_is_kept_as_it_is()
    {
        string[] names = ["'; DROP TABLE job; --", "\u00e9\u6f22\ud83d\ude00", new string('x', 128), "a", "A"];
        await Store.Record([.. names.Select(name => Figures(name, completed: 1L << 40))]);
        await Store.Record([.. names.Select(name => Figures(name, completed: 1))]);

        IReadOnlyList<MetricRecord> buckets = await Store.Metrics();

        Assert.Equal(names.Order(StringComparer.Ordinal), buckets.Select(bucket => bucket.Name));
        Assert.All(buckets, bucket => Assert.Equal((1L << 40) + 1, bucket.Figures.Completed));
    }

    private static NamedFigures Figures(string name, long completed = 0, long failed = 0, long retried = 0, long other = 0, int ran = 0, int waited = 0) => new(
        DefaultQueue,
        name,
        new() { Completed = completed, Failed = failed, Retried = retried, Other = other, Ran = Of(ran), Waited = Of(waited) });

    private static Histogram Of(int milliseconds) =>
        milliseconds == 0 ? Histogram.Empty : Histogram.Of([new HistogramCount(Histogram.PartOf(milliseconds.Milliseconds()), 1)]);

    private static IEnumerable<long> Completed(IEnumerable<MetricRecord> buckets) => buckets.Select(bucket => bucket.Figures.Completed);

    // So that no test meets the end of a bucket by chance.
    private async Task ToTheHour()
    {
        DateTimeOffset now = await Store.Now();
        await Store.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(now.UtcTicks % TimeSpan.TicksPerHour) + 1.Seconds());
    }
}
