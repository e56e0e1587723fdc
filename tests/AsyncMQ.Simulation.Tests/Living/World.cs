using AsyncMQ.InMemory;
using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Planning;
using AsyncMQ.Simulation.Wires;
using AsyncMQ.Simulation.Witnessing;

namespace AsyncMQ.Simulation.Living;

/// <summary>Some processes on one store, from one seed: what they do, what befalls them, and what was found wrong.</summary>
internal sealed class World : IDisposable
{
    private readonly List<string> faults = [];
    private readonly Action<AsyncMQBuilder, SimulatedProcess> configure;
    private readonly SimulatedClock storeClock;
    private int numbers;

    public World(int seed, Mutant mutant, Func<Chance, Settings> draw)
    {
        Seed = seed;
        Chance = new(seed);
        Mutant = mutant;
        Settings = draw(Chance.Fork());
        Agenda = new(Chance.Fork(), Trace);
        storeClock = new(Agenda, null);
        Store = new(storeClock);
        Witness = new(this);
        Ledger = new(this);
        Weather = Weather.Rough(Chance);
        Store.Watch(Witness.Signalled);
        configure = Settings.HasPeople ? new Handlers(this).Configure : new Clockwork(this).Configure;
        Users = new(this);
        Planners = new(this);
        Places = new SimulatedProcess?[Settings.Processes];
    }

    public int Seed { get; }

    public Chance Chance { get; }

    public Mutant Mutant { get; }

    public Settings Settings { get; }

    public Trace Trace { get; } = new();

    public Agenda Agenda { get; }

    public InMemoryJobStore Store { get; }

    public Witness Witness { get; }

    public Rulebook Rulebook { get; } = new();

    public Ledger Ledger { get; }

    public Users Users { get; }

    public Planners Planners { get; }

    public Weather Weather { get; set; }

    /// <summary>True while the store answers nobody.</summary>
    public bool IsStoreAway { get; set; }

    /// <summary>True from when nothing more goes wrong, and nobody asks for anything new.</summary>
    public bool IsHealed { get; set; }

    public SimulatedProcess?[] Places { get; }

    public IReadOnlyList<string> Faults => faults;

    public bool IsOver => faults.Count > 0;

    /// <summary>The store's time, in UTC ticks.</summary>
    public long StoreTime => storeClock.GetUtcNow().UtcTicks;

    public void Say(string text) => Trace.Say(Agenda.Now, text);

    public void Blame(string fault)
    {
        faults.Add(fault);
        Say($"!! {fault}");
    }

    public JobRecord? Look(JobRef job) => Store.FindAsync([job], JobParts.None, default).AsTask().GetAwaiter().GetResult()[0];

    public ScheduleRecord? LookAtSchedule(string queue, string id) => Store.FindScheduleAsync(queue, id, default).AsTask().GetAwaiter().GetResult();

    /// <summary>Moves the store's own clock, as when somebody sets it.</summary>
    public void SetStoreClock(TimeSpan skew)
    {
        foreach (SimulatedProcess process in Places.OfType<SimulatedProcess>())
            process.NoteTrouble();
        Witness.ClockIsSet();
        storeClock.Skew = skew;
        Say($"the store's clock is set {skew} off");
    }

    /// <summary>Ends after so much time of the world.</summary>
    public Task Pass(TimeSpan time)
    {
        var passed = new TaskCompletionSource();
        Agenda.Post(null, ErrandKind.Fate, time, passed.SetResult);
        return passed.Task;
    }

    /// <summary>Starts a process in a place where none runs.</summary>
    public void Start(int place)
    {
        if (Places[place] is { IsGone: false, IsStopping: false })
            return;

        var process = new SimulatedProcess(this, place, ++numbers);
        Places[place] = process;
        process.Boot(mq => configure(mq, process));
        Say($"{process} starts in place {place}");
        Agenda.Post(process, ErrandKind.Fate, TimeSpan.Zero, () => _ = RunAsync(process));
    }

    /// <summary>Stops a process as a host does, and checks later that nothing of it is left.</summary>
    public void Stop(SimulatedProcess process)
    {
        process.IsStopping = true;
        Say($"{process} stops");
        Agenda.Post(process, ErrandKind.Fate, TimeSpan.Zero, () => _ = StopAsync(process));
    }

    public void Dispose() => Trace.Dispose();

    // As a supervisor would: a process whose workers do not start is tried again.
    private async Task RunAsync(SimulatedProcess process)
    {
        while (!process.IsRunning)
        {
            try
            {
                await process.Host.StartAsync();
                process.IsRunning = true;
            }
            catch (Exception e) when (e is StoreException or TimeoutException or IOException)
            {
                Say($"{process} does not start: {e.Message}");
                await Task.Delay(TimeSpan.FromSeconds(2), process.Clock);
            }
            catch (Exception e)
            {
                process.Blame($"Its workers did not start: {e}");
                return;
            }
        }

        Say($"{process} is running");
        process.NoteTrouble(); // until now nothing could be asked of it
        if (Settings.HasPeople)
            await Task.WhenAll(Users.LiveAsync(process), Planners.LiveAsync(process));
    }

    private async Task StopAsync(SimulatedProcess process)
    {
        long began = Agenda.Now;
        await process.Host.StopAsync();
        await process.Host.DisposeAsync();
        TimeSpan took = new(Agenda.Now - began);
        Say($"{process} has stopped after {took}");
        if (took > Settings.Shutdown + TimeSpan.FromMinutes(1) && process.LastTrouble < began)
            process.Blame($"It took {took} to stop.");
        await Task.Delay(TimeSpan.FromHours(1), process.Clock);
        if (process.Scheduler.Loops.Count > 0 || process.Scheduler.Waits > 0 || process.ArmedTimers > 0)
            process.Blame($"An hour after its stop of its loops [{string.Join(", ", process.Scheduler.Loops)}], {process.Scheduler.Waits} waits and {process.ArmedTimers} timers are left.");
        process.Vanish();
    }
}
