using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Working;
using AsyncMQ.Seams;
using AsyncMQ.Tests.InMemory;
using AsyncMQ.Workers;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Tests.Workers;

/// <summary>The moments between a job's claim and the start of its handler, and of timers that fire late, with a scheduler that holds them open.</summary>
public class StartWindowTests() : ConformanceTests(new InMemoryStores())
{
    [Fact]
    public async Task A_job_whose_session_is_lost_before_its_handler_starts_runs_once_under_its_new_claim()
    {
        var held = new HeldSlots();
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(held.Hold, mq => mq.AddHandler("work", ran.Note).AddSleepyWorker());
        JobHandle job = await mq.Client.AddAsync("work");
        await Hosts.Until(() => held.Count == 1);

        await Store.Store.CloseAsync((await Store.WorkerSession()).Info.Id, default);
        await Hosts.Until(() => held.Count == 2);
        held.Open();
        await job.Ends();

        Assert.Equal([job.Id], ran.Started);
    }

    [Fact]
    public async Task A_job_cancelled_before_its_handler_starts_never_runs()
    {
        var held = new HeldSlots();
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(held.Hold, mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", ran.Note)
            .AddSleepyWorker());
        JobHandle job = await mq.Client.AddAsync("work");
        await Hosts.Until(() => held.Count == 1);
        SessionId session = (await Store.WorkerSession()).Info.Id;

        Assert.Equal(JobChangeOutcome.Requested, (await Store.Do(JobCommand.Cancel, job.Id)).Outcome);
        int renewals = held.Renewals;
        await Hosts.Until(() => held.Renewals >= renewals + 2); // the mail has come
        held.Open();

        Assert.Equal(JobState.Cancelled, (await job.EndsOtherwise()).State);
        Assert.Equal(0, ran.Count);
        Assert.Equal(session, (await Store.WorkerSession()).Info.Id);
    }

    [Fact]
    public async Task A_job_whose_handler_did_not_start_before_the_drains_end_goes_back_and_never_runs()
    {
        var held = new HeldSlots();
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(held.Hold, mq => mq
            .AddHandler("work", ran.Note)
            .AddWorker(DefaultQueue, worker => worker.ShutdownTimeout = TimeSpan.Zero));
        JobHandle job = await mq.Client.AddAsync("work");
        await Hosts.Until(() => held.Count == 1);

        await mq.StopAsync().WaitAsync(2 * Patience);
        held.Open();
        await Hosts.Until(() => held.Executed == 1);

        Assert.Equal((JobState.Waiting, 0), (await Store.Get(job.Id)) is var record ? (record.State, record.Attempt) : default);
        Assert.Equal(0, ran.Count);
    }

    [Fact]
    public async Task A_claim_not_yet_started_is_not_taken_for_an_orphan()
    {
        var held = new HeldSlots();
        var ran = new Ledger();
        await using AsyncMQHost mq = await Store.Start(held.Hold, mq => mq
            .Configure(options => options.Lease = 1.Seconds())
            .AddHandler("work", ran.Note)
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 2));
        JobHandle job = await mq.Client.AddAsync("work");
        JobHandle other = await mq.Client.AddAsync("work", null, new() { JobId = "removed" });
        await Hosts.Until(() => held.Count == 2);

        await Store.Do(JobCommand.Remove, other.Id); // now the numbers differ, and they are compared
        int renewals = held.Renewals;
        await Hosts.Until(() => held.Renewals >= renewals + 6);
        Assert.Equal(1, (await Store.WorkerSession()).Claims);
        Assert.Equal(JobState.Active, await Store.StateOf(job.Id));
        held.Open();
        await job.Ends();

        Assert.Equal([job.Id], ran.Started);
    }

    [Fact]
    public async Task A_timer_that_fires_late_does_not_end_the_next_job_of_its_slot()
    {
        var time = new LateTimers();
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(_ => { }, mq => mq
            .Configure(options => options.TimeProvider = time)
            .AddHandler("first", (_, _) => Task.CompletedTask, handler => handler.Timeout = 1.Hours())
            .AddHandler("next", async (context, token) =>
            {
                await gate.Pass(token);
                return context.CancellationReason.ToString();
            }, handler => handler.Timeout = 1.Hours())
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));
        await (await mq.Client.AddAsync("first")).Ends();
        JobHandle next = await mq.Client.AddAsync("next");
        await gate.SomebodyWaits();

        time.FireSlots();
        gate.Open();

        Assert.Equal("None", (await next.Ends()).Get<string>());
        Assert.True(time.Fired > 0);
    }
}

internal static class HeldHosts
{
    /// <summary>A started host whose slots are scheduled as the test says.</summary>
    public static Task<AsyncMQHost> Start(this StoreDriver store, Action<AsyncMQBuilder> seams, Action<AsyncMQBuilder> configure) => store.Start(mq =>
    {
        seams(mq);
        configure(mq);
    });
}

/// <summary>Holds the slots that are to run until opened.</summary>
internal sealed class HeldSlots : IWorkScheduler
{
    private readonly Lock gate = new();
    private readonly List<IThreadPoolWorkItem> held = [];
    private bool isOpen;
    private int count;
    private int renewals;
    private int executed;

    /// <summary>How many slots were to run.</summary>
    public int Count => Volatile.Read(ref count);

    public int Renewals => Volatile.Read(ref renewals);

    /// <summary>How many were let run.</summary>
    public int Executed => Volatile.Read(ref executed);

    public void Hold(AsyncMQBuilder mq) => mq.Seams = RuntimeSeams.System with { Scheduler = this };

    public void Open()
    {
        IThreadPoolWorkItem[] items;
        lock (gate)
        {
            isOpen = true;
            items = [.. held];
        }

        foreach (IThreadPoolWorkItem item in items)
            Run(item);
    }

    public void Queue(IThreadPoolWorkItem item)
    {
        if (item is Slot)
        {
            lock (gate)
            {
                count++;
                if (!isOpen)
                {
                    held.Add(item);
                    return;
                }
            }
        }

        Run(item);
    }

    public Task Start(Func<Task> loop) => PoolScheduler.Instance.Start(loop);

    public IBeat StartBeat(string name, TimeSpan interval, Action beat) => PoolScheduler.Instance.StartBeat(name, interval, () =>
    {
        beat();
        Interlocked.Increment(ref renewals);
    });

    private void Run(IThreadPoolWorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(
        _ =>
        {
            item.Execute();
            if (item is Slot)
                Interlocked.Increment(ref executed);
        },
        null);
}

/// <summary>The system's time; the timers of slots can be fired by hand, as if they had been late.</summary>
internal sealed class LateTimers : TimeProvider
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<Action> slots = new();
    private int fired;

    public int Fired => fired;

    public void FireSlots()
    {
        foreach (Action fire in slots)
        {
            fire();
            fired++;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (state is Slot)
            slots.Enqueue(() => callback(state));
        return System.CreateTimer(callback, state, dueTime, period);
    }
}
