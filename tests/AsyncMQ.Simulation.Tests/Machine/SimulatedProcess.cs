using AsyncMQ.Simulation.Living;
using AsyncMQ.Simulation.Wires;
using AsyncMQ.Workers;

namespace AsyncMQ.Simulation.Machine;

/// <summary>
/// One process: a whole runtime with a clock, threads and a line to the store of its own. It can vanish, and then nothing of it ever runs again; it can be
/// frozen, and then all that it has to do waits.
/// </summary>
internal sealed class SimulatedProcess
{
    private readonly World world;
    private readonly List<Errand> held = [];

    public SimulatedProcess(World world, int place, int number)
    {
        this.world = world;
        Place = place;
        Number = number;
        Chance = world.Chance.Fork();
        Clock = new(world.Agenda, this);
        Scheduler = new(world.Agenda, this);
        Wire = new(world, this);
    }

    public World World => world;

    /// <summary>Counts processes in order of start; never used again.</summary>
    public int Number { get; }

    /// <summary>Which of the world's places it stands in; a new process takes the place of one that is gone.</summary>
    public int Place { get; }

    public Chance Chance { get; }

    public SimulatedClock Clock { get; }

    public SimulatedScheduler Scheduler { get; }

    public Wire Wire { get; }

    public AsyncMQHost Host { get; private set; } = null!;

    public bool IsGone { get; private set; }

    public bool IsFrozen { get; private set; }

    /// <summary>True from when it was told to stop.</summary>
    public bool IsStopping { get; set; }

    /// <summary>True when its workers were started.</summary>
    public bool IsRunning { get; set; }

    /// <summary>When something last kept it from renewing its lease.</summary>
    public long LastTrouble { get; private set; } = long.MinValue;

    public int ArmedTimers { get; set; }

    public void Boot(Action<AsyncMQBuilder> configure)
    {
        Host = AsyncMQHost.Create(mq =>
        {
            mq.Seams = new(Clock, Chance, Scheduler);
            mq.UseStore(_ => Wire);
            configure(mq);
        });
    }

    /// <summary>Waits. A delay that takes the token itself would go on outside the simulation when that fires.</summary>
    public Task Sleep(TimeSpan time, CancellationToken token) => Task.Delay(time, Clock, CancellationToken.None).WaitAsync(token);

    /// <summary>True when something kept it, since that time of the world or now, from doing what it should.</summary>
    public bool WasTroubledSince(long time) => IsGone || IsFrozen || IsStopping || Wire.IsDown || LastTrouble >= time;

    public void NoteTrouble() => LastTrouble = world.Agenda.Now;

    public void Crash()
    {
        NoteTrouble();
        Vanish();
        world.Say($"{this} crashes");
    }

    /// <summary>Nothing of it runs any more.</summary>
    public void Vanish()
    {
        IsGone = true;
        held.Clear();
        Wire.Close();
    }

    public void Freeze()
    {
        NoteTrouble();
        IsFrozen = true;
        world.Say($"{this} freezes");
    }

    public void Thaw()
    {
        if (!IsFrozen)
            return;
        NoteTrouble();
        IsFrozen = false;
        world.Say($"{this} thaws with {held.Count} errands");
        foreach (Errand errand in held)
            world.Agenda.PostAgain(errand);
        held.Clear();
    }

    public void Hold(Errand errand) => held.Add(errand);

    public void Blame(string fault) => world.Blame($"{this}: {fault}");

    /// <summary>For a mutant: the poll of its workers never comes.</summary>
    public bool HasDeafTimers(object? state) => state is Pump && world.Mutant.HasNoPoll;

    public override string ToString() => $"p{Number}";
}
