using System.Globalization;
using AsyncMQ.Storage;

namespace AsyncMQ.Faults.Kit;

/// <summary>One store, one ledger, the processes that work on them, and the audit that ends every test.</summary>
internal sealed class FaultLab : IAsyncDisposable
{
    private readonly string directory;
    private readonly FaultStore store;
    private readonly ProcessRunner runner = new();
    private readonly JobLedger ledger;
    private readonly LedgerReader reader;
    private readonly AsyncMQHost host;
    private readonly string[] queues;
    private bool isVerified;

    /// <summary>Makes a lab with an empty SQLite file.</summary>
    /// <param name="seed">Where its chance begins.</param>
    /// <param name="queues">The queues that its workers work; none: <c>faults</c>.</param>
    public FaultLab(int seed, params string[] queues)
        : this(NewDirectory(), directory => new SqliteFaultStore(Path.Combine(directory, "jobs.db")), seed, queues)
    {
    }

    private FaultLab(string directory, Func<string, FaultStore> open, int seed, string[] queues)
    {
        this.directory = directory;
        this.queues = queues.Length > 0 ? queues : ["faults"];
        Seed = seed;
        Random = new(seed);
        store = open(directory);
        LedgerPath = Path.Combine(directory, "ledger");
        ledger = new(LedgerPath);
        reader = new(LedgerPath);
        host = AsyncMQHost.Create(mq => StoreChoice.Use(mq, Store));
        Say($"seed {seed}, {directory}");
    }

    /// <summary>Makes a lab with an empty store.</summary>
    public static async Task<FaultLab> OpenAsync(StoreKind kind, int seed, params string[] queues)
    {
        string directory = NewDirectory();
        FaultStore store = await FaultStore.OpenAsync(kind, directory);
        return new(directory, _ => store, seed, queues);
    }

    /// <summary>Makes a lab with a store that the test has something to do to. It goes with the lab.</summary>
    public static FaultLab On(FaultStore store, int seed, params string[] queues) => new(NewDirectory(), _ => store, seed, queues);

    public int Seed { get; }

    public Random Random { get; }

    /// <summary>The store, as it is told on a command line.</summary>
    public string Store => store.Told;

    public string LedgerPath { get; }

    public int Kills { get; private set; }

    private string TracePath => Path.Combine(directory, "trace");

    public IJobClient Client => host.Client;

    public IReadOnlyList<string> Queues => queues;

    /// <summary>The first queue.</summary>
    public IJobQueue Jobs => Client.GetQueue(queues[0]);

    /// <summary>How many system calls were made to fail.</summary>
    public int FailedCalls { get; private set; }

    /// <summary>What the processes wrote so far.</summary>
    public IReadOnlyList<LedgerLine> Lines => reader.Read();

    /// <summary>Starts a worker process, without waiting for it.</summary>
    public ChildProcess StartWorker(WorkerPlan plan, DiskFaults? faults = null) =>
        Start("worker", "work", ["--queues", string.Join(',', plan.Queues ?? queues), .. plan.Arguments], faults);

    /// <summary>Starts a process that adds the jobs which no producer before it was told are stored.</summary>
    public ChildProcess StartProducer(int count, string pause, DiskFaults? faults = null) =>
        Start("producer", "produce", ["--queues", queues[0], "--count", Text(count), "--pause", pause], faults);

    /// <summary>Starts a process that adds flows over all queues: those that no producer before it was told are stored.</summary>
    public ChildProcess StartFlowProducer(int count, int nodes, bool diesAfterOne = false) =>
        Start("flow producer", "flows", ["--queues", string.Join(',', queues), "--count", Text(count), "--nodes", Text(nodes), "--dies-after-flow", diesAfterOne ? "1" : "0"], null);

    /// <summary>Starts a process that takes orders, or ships them, in transactions, and dies where it is told to.</summary>
    public ChildProcess StartTransactions(WorkerPlan plan, string mode, int count = 0, int diesAt = 0, int diesAfter = 0) =>
        Start(mode, mode, ["--queues", "default", "--count", Text(count), "--dies-at", Text(diesAt), "--dies-after", Text(diesAfter), .. plan.Arguments], null);

    /// <summary>Waits until a worker process has begun to claim.</summary>
    public static Task ReadyAsync(ChildProcess worker) => Until.TrueAsync($"{worker} is ready", () => IsReady(worker));

    /// <summary>True once a worker process has begun to claim; it must not have ended by itself.</summary>
    public static bool IsReady(ChildProcess worker) =>
        !worker.HasExited ? worker.Output.Contains(" slots", StringComparison.Ordinal) : throw new InvalidOperationException($"{worker} ended: {worker.Output}");

    /// <summary>Adds jobs and writes down that they are acknowledged.</summary>
    public async Task AddAsync(string name, params string[] ids)
    {
        await Jobs.AddBulkAsync([.. ids.Select(id => JobSpec.Of(name, options: new() { JobId = id }))]);
        NoteAcknowledged(ids);
    }

    /// <summary>Adds a flow and writes down that its jobs are acknowledged.</summary>
    public async Task AddAsync(FlowPlan flow)
    {
        await Client.AddFlowAsync(flow.Build());
        NoteAcknowledged(flow.Added);
    }

    private void NoteAcknowledged(IEnumerable<string> ids) =>
        ledger.Write([.. ids.Select(id => new LedgerLine(id, 0, LedgerPhase.Acked, Environment.ProcessId, LedgerLine.None, TimeProvider.System.GetTimestamp()))]);

    /// <summary>kill -9.</summary>
    public void Kill(params IReadOnlyCollection<ChildProcess> victims)
    {
        foreach (ChildProcess victim in victims)
        {
            ledger.WriteProcess(LedgerPhase.Killing, victim.Pid);
            victim.Kill();
            ledger.WriteProcess(LedgerPhase.Killed, victim.Pid);
            Kills++;
        }
    }

    /// <summary>SIGSTOP, at a moment when nobody else has to wait for the process.</summary>
    public async Task PauseAsync(ChildProcess process)
    {
        ledger.WriteProcess(LedgerPhase.Pausing, process.Pid);
        await Until.TrueAsync($"{process} stands still and holds up nobody", () =>
        {
            process.Stop();
            if (store.MayStandStill())
                return true;
            process.Continue();
            return false;
        });
    }

    /// <summary>SIGCONT.</summary>
    public void Resume(ChildProcess process)
    {
        ledger.WriteProcess(LedgerPhase.Resumed, process.Pid);
        process.Continue();
    }

    /// <summary>Writes down that a process died by itself.</summary>
    public void NoteDeath(ChildProcess process) => ledger.WriteProcess(LedgerPhase.Died, process.Pid);

    /// <summary>SIGTERM, and the process must end well.</summary>
    public static async Task TerminateAsync(ChildProcess process)
    {
        process.Terminate();
        int code = await process.ExitAsync(Until.Patience);
        Assert.True(code == 0, $"{process} ended with {code} after SIGTERM.\n{process.Output}");
    }

    /// <summary>Waits until nothing is waiting, running or delayed.</summary>
    public Task DrainedAsync() => Until.TrueAsync("the queues are drained", async () => await UnendedAsync() == 0);

    /// <summary>How many jobs have not ended.</summary>
    public async Task<long> UnendedAsync()
    {
        long unended = 0;
        foreach (string queue in queues)
        {
            QueueStats stats = await Client.GetQueue(queue).GetStatsAsync();
            unended += stats.Pending + stats.Active;
        }

        return unended;
    }

    /// <summary>True when a process has begun a job.</summary>
    public bool HasRun(ChildProcess process) => Lines.Any(line => line.Pid == process.Pid && line.Phase == LedgerPhase.Start);

    /// <summary>True when a process wrote that of a job.</summary>
    public bool Has(ChildProcess process, LedgerPhase phase, string id) => Lines.Any(line => line.Pid == process.Pid && line.Phase == phase && line.Id == id);

    /// <summary>The store itself, for what the public API does not tell.</summary>
    public async Task<IJobStore> OpenStoreAsync()
    {
        IJobStore opened = StoreChoice.Make(Store, TimeProvider.System);
        await opened.StartAsync(CancellationToken.None);
        return opened;
    }

    /// <summary>
    /// The audit that ends every fault test, when all processes have ended: the file is whole, the store's own audit finds nothing, counts equal
    /// enumeration, and the ledger's history is one that may be.
    /// </summary>
    /// <param name="judge">What else must be so; one sentence for each violation.</param>
    /// <param name="readsLedger">False where the processes wrote no ledger.</param>
    public async Task<IReadOnlyDictionary<string, JobEnd>> VerifyAsync(Func<IReadOnlyDictionary<string, JobEnd>, IEnumerable<string>>? judge = null, bool readsLedger = true)
    {
        Assert.All(runner.Started, process => Assert.True(process.HasExited, $"{process} still runs."));
        FailedCalls = File.Exists(TracePath) ? File.ReadLines(TracePath).Count(line => line.EndsWith("(INJECTED)", StringComparison.Ordinal)) : 0;
        List<string> violations = [.. await store.CheckAsync()];
        await using (IJobStore opened = await OpenStoreAsync())
            violations.AddRange(await opened.AuditAsync(CancellationToken.None));

        Dictionary<string, JobEnd> ends = [];
        foreach (string queue in queues)
            await FindEndsAsync(Client.GetQueue(queue), ends, violations);
        if (readsLedger)
            violations.AddRange(LedgerChecker.Check(Lines, ends));
        violations.AddRange(judge?.Invoke(ends) ?? []);
        Say($"{ends.Count} jobs, {Kills} kills, {runner.Started.Count} processes, {Lines.Count} lines, {reader.Torn} torn, {Lines.Count(line => line.Phase == LedgerPhase.Claimed) - ends.Count} claims more than jobs");
        if (violations.Count > 0)
            Assert.Fail($"{violations.Count} violations with seed {Seed}, kept in {directory}:\n{string.Join('\n', violations.Take(20))}\n\n{Warnings()}");
        isVerified = true;
        return ends;
    }

    public async ValueTask DisposeAsync()
    {
        runner.Dispose();
        await host.DisposeAsync();
        await store.DisposeAsync();
        ledger.Dispose();
        if (isVerified)
            Directory.Delete(directory, recursive: true);
        else
            Say($"kept: {directory}\n{Warnings()}");
    }

    private static string NewDirectory() => Directory.CreateTempSubdirectory("asyncmq-faults-").FullName;

    public static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private ChildProcess Start(string name, string mode, IEnumerable<string> arguments, DiskFaults? faults)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "AsyncMQ.FaultWorker");
        string[] all =
        [
            "--mode", mode, "--store", Store, "--ledger", LedgerPath, "--seed", Text(Random.Next(1, int.MaxValue)), .. arguments,
        ];
        return faults is null ? runner.Start(name, program, all) : runner.Start(name, "strace", [.. faults.Arguments(Store, TracePath, program), .. all]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task FindEndsAsync(IJobQueue queue, Dictionary<string, JobEnd> ends, List<string> violations)
    {
        foreach (JobState state in Enum.GetValues<JobState>())
        {
            int count = 0;
            JobPage page;
            string? after = null;
            do
            {
                page = await queue.GetJobsAsync(new() { States = [state], Take = 1_000, After = after });
                foreach (JobInfo job in page.Jobs)
                {
                    if (!ends.TryAdd(job.Id, JobEnd.Of(job)))
                        violations.Add($"{job.Id} is in two states, {ends[job.Id].State} and {job.State}.");
                }

                count += page.Jobs.Count;
                after = page.Next;
            }
            while (after is not null);

            if (page.Total is { } total && total != count)
                violations.Add($"{total} jobs of {queue.Name} are counted {state}, {count} are listed.");
        }
    }

    // What the processes complained of, which is where to look first.
    private string Warnings() => string.Join('\n', runner.Started
        .SelectMany(process => process.Output.Split('\n').Where(IsComplaint).Select(line => $"{process}: {line}"))
        .TakeLast(60));

    private static bool IsComplaint(string line) =>
        line.Length > 0 && !line.Contains("info:", StringComparison.Ordinal) && !line.Contains(FlowPlan.Failure, StringComparison.Ordinal);
}
