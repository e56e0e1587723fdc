using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Working;
using AsyncMQ.Tests.InMemory;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Tests.Workers;

/// <summary>What the store does to the steps that fire schedules, and that it is the trouble of nobody but those it concerns.</summary>
public class SchedulingFaultTests() : ConformanceTests(new InMemoryStores())
{
    private static readonly Schedule Often = Schedule.Every(20.Milliseconds()) with { Missed = MissedRuns.RunAll(1_000) };
    private readonly Ledger ran = new();
    private readonly LogLines log = new();

    [Fact]
    public async Task A_schedule_that_the_store_always_fails_does_not_stop_the_others()
    {
        var store = new FailingTicks(Store.Store, tick => tick.Id == "poison" ? new StoreException("A record is damaged.") : null);
        await using AsyncMQHost mq = await StartAsync(store);

        await mq.Queue().UpsertRepeatableAsync("poison", Often, JobSpec.Of("work"));
        await mq.Queue().UpsertRepeatableAsync("good", Often, JobSpec.Of("work"));
        await Hosts.Until(() => ran.Count >= 20 && log.Count(40) == 1);

        Assert.All(ran.Started, id => Assert.StartsWith("@good@", id, StringComparison.Ordinal));
        Assert.Contains("poison of queue default cannot be used by this process, which passes it over: A record is damaged.", log.Of(40)[0], StringComparison.Ordinal);
        Assert.Equal(0, (await mq.Queue().GetRepeatableAsync("poison"))!.Runs);
    }

    [Fact]
    public async Task A_schedule_that_the_store_refuses_does_not_stop_the_others()
    {
        var store = new FailingTicks(Store.Store, tick => tick.Id == "poison" ? new ArgumentException("No such thing here.") : null);
        await using AsyncMQHost mq = await StartAsync(store);

        await mq.Queue().UpsertRepeatableAsync("poison", Often, JobSpec.Of("work"));
        await mq.Queue().UpsertRepeatableAsync("good", Often, JobSpec.Of("work"));
        await Hosts.Until(() => ran.Count >= 20);
        await Hosts.Until(() => store.PoisonedSteps == 1 || store.PoisonedSteps == 2); // with the others, and alone

        Assert.Single(log.Of(40));
        Assert.Equal(0, log.Count(13));
    }

    [Fact]
    public async Task A_schedule_that_was_failed_for_a_while_runs_when_it_is_changed()
    {
        bool fails = true;
        var store = new FailingTicks(Store.Store, tick => fails && tick.Id == "poison" ? new StoreException("A record is damaged.") : null);
        await using AsyncMQHost mq = await StartAsync(store);
        await mq.Queue().UpsertRepeatableAsync("poison", Often, JobSpec.Of("work", ["poison"]));
        await mq.Queue().UpsertRepeatableAsync("good", Often, JobSpec.Of("work"));
        await Hosts.Until(() => log.Count(40) == 1);

        fails = false;
        await mq.Queue().UpsertRepeatableAsync("poison", Often, JobSpec.Of("work", ["mended"]));

        await Hosts.Until(() => ran.Started.Any(id => id.StartsWith("@poison@", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_fails_for_a_time_loses_no_occurrence_and_adds_none_twice(bool takesEffect)
    {
        int failures = 0;
        var store = new FailingTicks(Store.Store, _ => Interlocked.Increment(ref failures) is > 5 and < 12 ? new StoreException("The line is down.") : null, takesEffect);
        await using AsyncMQHost mq = await StartAsync(store);

        await mq.Queue().UpsertRepeatableAsync("good", Often, JobSpec.Of("work"));
        await Hosts.Until(() => failures > 20 && ran.Count >= 20);
        await mq.Queue().PauseRepeatableAsync("good");
        long runs = (await mq.Queue().GetRepeatableAsync("good"))!.Runs;
        await Store.Until(runs, JobState.Completed);

        string[] ids = [.. ran.Started.Order(StringComparer.Ordinal)];
        Assert.Empty(ran.Repeated);
        DateTimeOffset first = Time(ids[0]);
        Assert.Equal(Enumerable.Range(0, ids.Length).Select(i => first.AddMilliseconds(20 * i)), ids.Select(Time));
        Assert.Equal(0, log.Count(40));
        Assert.InRange(log.Count(13), 1, 6);
    }

    private Task<AsyncMQHost> StartAsync(BorrowedStore store) =>
        Store.Start(store, mq => mq.LogTo(log).AddHandler("work", ran.Note).AddSleepyWorker());

    private static DateTimeOffset Time(string id) =>
        DateTimeOffset.ParseExact(id.Split('@')[^1], "yyyyMMdd'T'HHmmss'.'fff'Z'", null, System.Globalization.DateTimeStyles.AssumeUniversal);

    private sealed class FailingTicks(IJobStore store, Func<ScheduleTick, Exception?> fault, bool takesEffect = false) : BorrowedStore(store)
    {
        private int poisonedSteps;

        public int PoisonedSteps => Volatile.Read(ref poisonedSteps);

        public override async ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken)
        {
            Exception? failure = step.Ticks.Select(fault).FirstOrDefault(failure => failure is not null);
            if (failure is not null)
                Interlocked.Increment(ref poisonedSteps);
            if (failure is not null && !takesEffect)
                throw failure;
            TickReply reply = await base.TickAsync(step, cancellationToken);
            return failure is null ? reply : throw failure;
        }
    }
}
