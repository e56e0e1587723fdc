using System.Collections.Concurrent;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Conformance.Faults;

/// <summary>A process that adds jobs and works them off while something is done to its server; and the audit when all is over.</summary>
public sealed class FaultLoad : IAsyncDisposable
{
    private const string Queue = "load";
    private const int Producers = 4;

    private readonly CancellationTokenSource enough = new();
    private readonly ConcurrentDictionary<string, int> runs = [];
    private readonly ConcurrentDictionary<string, AddOutcome> added = [];
    private readonly ConcurrentQueue<Exception> refusals = [];
    private readonly AsyncMQHost host;
    private readonly TimeSpan handler;
    private Task[] producing = [];
    private int begun;
    private int probes;

    /// <summary>Makes a load.</summary>
    /// <param name="use">Chooses the store, by the faulty way.</param>
    /// <param name="handler">How long each job takes.</param>
    /// <param name="lease">How long the process may be silent before its jobs run elsewhere: longer than any fault, unless it is to be shorter.</param>
    public FaultLoad(Action<AsyncMQBuilder> use, TimeSpan handler = default, TimeSpan? lease = null)
    {
        this.handler = handler;
        host = AsyncMQHost.Create(builder =>
        {
            use(builder);
            builder.Configure(options =>
                {
                    options.Retention = RetentionPolicy.Forever;
                    options.Lease = lease ?? TimeSpan.FromSeconds(40);
                })
                .AddHandler("work", RunAsync)
                .AddWorker(Queue, static worker => worker.Concurrency = 16)
                .LogTo(new LogLines());
        });
    }

    public IJobQueue Jobs => host.Client.GetQueue(Queue);

    /// <summary>How many handlers were begun.</summary>
    public int Begun => Volatile.Read(ref begun);

    /// <summary>How many adds were answered.</summary>
    public int Added => added.Count;

    /// <summary>Ids whose add was answered.</summary>
    public IReadOnlyCollection<string> Ids => [.. added.Keys];

    /// <summary>What adds were refused with, or given up with; each was sent again.</summary>
    public IReadOnlyCollection<Exception> Refusals => refusals;

    public async Task StartAsync(int payload = 10)
    {
        await host.StartAsync(TestContext.Current.CancellationToken);
        producing = [.. Enumerable.Range(0, Producers).Select(producer => Task.Run(() => ProduceAsync(producer, payload)))];
        await GoesOnAsync("before anything is done to it");
    }

    /// <summary>Waits until another add was answered and jobs were begun after now.</summary>
    public async Task<TimeSpan> GoesOnAsync(string when)
    {
        int before = Begun, answered = Added;
        return await Wait.UntilAsync($"jobs are added and begun {when}", () => Begun > before + 16 && Added > answered);
    }

    /// <summary>Adds a job that goes before all others, and waits until it begins: the store is reached, and a worker claims.</summary>
    public async Task<TimeSpan> ClaimsAsync(string when)
    {
        string[] probe = [$"probe-{++probes}"];
        Task adding = AddAsync([JobSpec.Of("work", options: new() { JobId = probe[0], Priority = 0 })]);
        TimeSpan took = await Wait.UntilAsync($"a worker claims {when}", () => runs.ContainsKey(probe[0]));
        await adding;
        return took;
    }

    /// <summary>No more adds; waits until all that were sent are answered.</summary>
    public async Task StopAddingAsync()
    {
        await enough.CancelAsync();
        await Task.WhenAll(producing).WaitAsync(Wait.Patience);
    }

    /// <summary>Adds nothing more, works off what is there, and stops.</summary>
    public async Task FinishAsync()
    {
        await StopAddingAsync();
        await Wait.UntilAsync("all is worked off", async () => await Jobs.GetStatsAsync() is { Pending: 0, Active: 0 });
        await host.StopAsync(CancellationToken.None);
    }

    /// <summary>Every job that was acknowledged has ended well, and the store finds nothing wrong with itself.</summary>
    /// <param name="store">The store, past the faulty way.</param>
    /// <param name="kept">The jobs that must be there; null: all that were acknowledged, and each has run once. Others may be lost, and run again.</param>
    public async Task VerifyAsync(IJobStore store, IReadOnlyCollection<string>? kept = null)
    {
        Assert.Empty(await store.AuditAsync(CancellationToken.None));

        Dictionary<string, JobState> ends = await JobEnds.ReadAsync(store, Queue);
        Assert.Equal([], (kept ?? Ids).Where(id => !ends.ContainsKey(id)).Take(10));
        Assert.Equal([], ends.Where(static end => end.Value != JobState.Completed).Take(10));
        Assert.Equal([], ends.Keys.Where(id => !runs.ContainsKey(id)).Take(10));
        if (kept is null)
            Assert.Equal([], runs.Where(static run => run.Value != 1).Take(10));
        TestContext.Current.TestOutputHelper?.WriteLine($"{added.Count} jobs, {added.Keys.Count(id => !ends.ContainsKey(id))} lost, {runs.Values.Sum()} runs, {refusals.Count} adds refused at first");
    }

    public async ValueTask DisposeAsync()
    {
        await enough.CancelAsync();
        await host.DisposeAsync();
        enough.Dispose();
    }

    private async Task RunAsync(JobContext context, CancellationToken token)
    {
        runs.AddOrUpdate(context.Id, 1, static (_, before) => before + 1);
        Interlocked.Increment(ref begun);
        if (handler > TimeSpan.Zero)
            await Task.Delay(handler, token);
    }

    // Alone and in groups. What was refused, or whose fate is unknown, is added again under its id until it is answered: the id makes it one job.
    private async Task ProduceAsync(int producer, int payload)
    {
        var random = new Random(producer);
        byte[] filling = new byte[payload / 2];
        for (int number = 0; !enough.IsCancellationRequested; number++)
        {
            string[] ids = [.. Enumerable.Range(0, random.Next(4) == 0 ? 10 : 1).Select(place => $"{producer}-{number}-{place}")];
            random.NextBytes(filling);
            await AddAsync([.. ids.Select(id => JobSpec.Of("work", JobArgs.Create([Convert.ToHexString(filling)]), new() { JobId = id }))]);
            await Task.Delay(random.Next(1, 10), CancellationToken.None);
        }
    }

    private async Task AddAsync(JobSpec[] jobs)
    {
        while (true)
        {
            try
            {
                foreach (JobHandle handle in jobs.Length == 1 ? [await Jobs.AddAsync("work", jobs[0].Args, jobs[0].Options)] : await Jobs.AddBulkAsync(jobs))
                    added[handle.Id] = handle.Outcome;
                return;
            }
            catch (Exception refusal) when (refusal is StoreException or AddOutcomeUnknownException)
            {
                refusals.Enqueue(refusal);
                if (enough.IsCancellationRequested)
                    return;
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }
}
