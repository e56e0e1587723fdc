using System.Collections.Frozen;
using AsyncMQ.Jobs;
using AsyncMQ.Seams;
using AsyncMQ.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsyncMQ.Tests.Workers;

/// <summary>How jobs are gathered into batches, under a clock that is moved by hand and a scheduler that runs what it is given at once.</summary>
public sealed class BatchesTests : IDisposable
{
    private readonly HandClock clock = new();
    private readonly ServiceProvider services = new ServiceCollection().BuildServiceProvider();
    private readonly List<string> ran = [];
    private readonly Batches batches;

    public BatchesTests() => batches = Batches(slots: 8);

    public void Dispose() => services.Dispose();

    [Fact]
    public void A_batch_runs_when_its_time_is_up_and_not_before()
    {
        Task one = Join("a");
        clock.Move(TimeSpan.FromMilliseconds(60));
        Task two = Join("b");
        clock.Move(TimeSpan.FromMilliseconds(39));
        Assert.Empty(ran);

        clock.Move(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["a b"], ran);
        Assert.True(one.IsCompletedSuccessfully && two.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_full_batch_does_not_wait_and_its_timer_does_not_end_the_next_one()
    {
        JoinAll("a", "b");
        clock.Move(TimeSpan.FromMilliseconds(90));
        JoinAll("c", "d", "e");
        clock.Move(TimeSpan.FromMilliseconds(90));
        Assert.Equal(["a b c d"], ran);

        clock.Move(TimeSpan.FromMilliseconds(10));

        Assert.Equal(["a b c d", "e"], ran);
    }

    [Fact]
    public void A_batch_of_one_never_waits()
    {
        _ = Join("a", size: 1);
        _ = Join("b", size: 1);

        Assert.Equal(["a", "b"], ran);
    }

    [Fact]
    public void A_batch_with_every_slot_of_its_worker_is_full()
    {
        Batches small = Batches(slots: 2);
        _ = Join("a", on: small);
        Assert.Empty(ran);
        _ = Join("b", on: small);

        Assert.Equal(["a b"], ran);
    }

    [Fact]
    public void Names_are_gathered_apart()
    {
        _ = Join("a", name: "one");
        _ = Join("b", name: "two");
        _ = Join("c", name: "one");

        clock.Move(TimeSpan.FromMilliseconds(100));

        Assert.Equal(["a c", "b"], ran.Order());
    }

    [Fact]
    public void Hurry_runs_what_waits_and_lets_nothing_wait_any_more()
    {
        JoinAll("a", "b");

        batches.Hurry();
        JoinAll("c", "d");

        Assert.Equal(["a b", "c", "d"], ran);
    }

    [Fact]
    public void One_that_is_told_to_stop_leaves_and_the_time_of_the_others_goes_on()
    {
        using var stop = new CancellationTokenSource();
        Task one = Join("a", token: stop.Token);
        clock.Move(TimeSpan.FromMilliseconds(40));
        Task two = Join("b");

        stop.Cancel();
        Assert.True(one.IsCanceled);
        clock.Move(TimeSpan.FromMilliseconds(60));

        Assert.Equal(["b"], ran);
        Assert.True(two.IsCompletedSuccessfully);
    }

    [Fact]
    public void When_the_only_one_leaves_the_next_has_a_time_of_its_own()
    {
        using var stop = new CancellationTokenSource();
        Task one = Join("a", token: stop.Token);
        clock.Move(TimeSpan.FromMilliseconds(40));
        stop.Cancel();
        _ = Join("b");

        clock.Move(TimeSpan.FromMilliseconds(60));
        Assert.Empty(ran);
        clock.Move(TimeSpan.FromMilliseconds(40));

        Assert.Equal(["b"], ran);
        Assert.True(one.IsCanceled);
    }

    [Fact]
    public void One_whose_token_had_fired_before_never_runs()
    {
        Task one = Join("a", token: new(canceled: true));
        clock.Move(TimeSpan.FromMilliseconds(100));

        Assert.Empty(ran);
        Assert.True(one.IsCanceled);
    }

    [Fact]
    public void One_that_has_stalled_to_its_limit_runs_alone_and_leaves_the_others_waiting()
    {
        _ = Join("a");
        _ = Join("suspect", stalls: 2);
        Assert.Equal(["suspect"], ran);

        _ = Join("b", stalls: 1);
        clock.Move(TimeSpan.FromMilliseconds(100));

        Assert.Equal(["suspect", "a b"], ran);
    }

    private void JoinAll(params string[] ids)
    {
        foreach (string id in ids)
            _ = Join(id);
    }

    private Task<ReadOnlyMemory<byte>> Join(string id, string name = "work", int size = 4, int stalls = 0, Batches? on = null, CancellationToken token = default)
    {
        var options = new BatchOptions { Size = size, Wait = TimeSpan.FromMilliseconds(100) };
        var definition = new LambdaBatchDefinition(name, options, (batch, _) =>
        {
            ran.Add(string.Join(' ', batch.Select(item => item.Context.Id)));
            batch.CompleteRest();
            return Task.CompletedTask;
        });
        var job = new ClaimedJob { Ref = new("default", id), Handle = 0, Name = name, Token = default, Attempt = 1, Stalls = stalls };
        var context = new JobContext(job.Ref, name) { Run = new JobRun(job, null!) };
        return (on ?? batches).JoinAsync(definition, new BatchItem<JobArgs>(context.Args, context, token)).AsTask();
    }

    private Batches Batches(int slots)
    {
        var worker = new WorkerContext
        {
            Store = null!,
            Session = null!,
            Handlers = FrozenDictionary<string, HandlerDefinition>.Empty,
            Queues = FrozenDictionary<string, QueueOptions>.Empty,
            Options = new() { MaxStalls = 3 },
            Json = new([]),
            Seams = RuntimeSeams.System with { Time = clock, Scheduler = new AtOnce() },
            Timeouts = null!,
            Logger = NullLogger.Instance,
            Services = services,
            Reports = null!,
        };
        return new(worker, slots, new(worker, slots, new HashSet<string>()));
    }

    private sealed class AtOnce : IWorkScheduler
    {
        public void Queue(IThreadPoolWorkItem item) => item.Execute();

        public Task Start(Func<Task> loop) => loop();

        public IBeat StartBeat(string name, TimeSpan interval, Action beat) => throw new NotSupportedException();
    }
}
