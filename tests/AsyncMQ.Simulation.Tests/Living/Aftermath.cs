using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Wires;
using AsyncMQ.Simulation.Witnessing;

namespace AsyncMQ.Simulation.Living;

/// <summary>The life of a world, and what must be true during it and after it is healed.</summary>
internal sealed class Aftermath(World world, Fates fates)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan FarthestClock = TimeSpan.FromHours(3);

    private static readonly TimeSpan Punctuality = TimeSpan.FromMinutes(20);

    private const int MostTurns = 20;
    private const int MostEventsPerSecond = 1_000;
    private const int MostEventsInBurst = 50_000;

    public void Live(TimeSpan time)
    {
        fates.Begin();
        for (TimeSpan lived = TimeSpan.Zero; lived < time && !world.IsOver; lived += world.Settings.Looks)
        {
            Pass(world.Settings.Looks);
            RequireAgreement();
        }

        if (world.IsOver)
            return;
        fates.Heal();
        KeepTime();
        Drain();
        Probe("a wake-up", TimeSpan.FromSeconds(10));
        world.Weather = new() { LostSignals = 1_000 };
        Probe("its poll", world.Settings.Poll + TimeSpan.FromSeconds(10));
        Stop();
    }

    // With nothing in their way the schedules fire in time.
    private void KeepTime()
    {
        Pass(Punctuality);
        RequireAgreement();
        if (!world.Settings.HasPeople)
            world.Witness.RequireEveryTime();
    }

    // Every job ends: within the longest delay, the longest run and the time in which the dead are found out. Only what is asked to wait for a person does.
    private void Drain()
    {
        Do(TimeSpan.Zero, SilenceAsync);
        TimeSpan bound = (LongestDelay * 2) + (world.Settings.Lease * 12) + FarthestClock;
        PassUntil(() => Unended(Waits).Count == 0, bound);
        if (world.IsOver)
            return;
        if (Unended(Waits) is { Count: > 0 } left)
            world.Blame($"Invariant 3: {bound} after the world was healed {left.Count} jobs have not ended: {string.Join(", ", left.Take(5))}.");
        RequireAgreement();
        LetGo();

        Pass(TimeSpan.FromMinutes(4)); // until the last late call has come
        PassUntil(() => Now(world.Store.SessionsAsync(default)).Count == world.Places.Length, (world.Settings.Lease * 3) + FarthestClock);
        int sessions = Now(world.Store.SessionsAsync(default)).Count;
        if (sessions != world.Places.Length && !world.IsOver)
            world.Blame($"Lease: {world.Places.Length} processes run, but {sessions} sessions are alive.");
        foreach (SimulatedProcess process in world.Places.OfType<SimulatedProcess>().Where(process => process.Scheduler.Waits > 0))
            process.Blame($"All jobs have ended, but {process.Scheduler.Waits} waits for jobs have not.");
        RequireAgreement();
    }

    // No schedule fires any more, and no queue is paused.
    private async Task SilenceAsync(SimulatedProcess process)
    {
        foreach (string name in await process.Host.Client.GetQueuesAsync())
        {
            IJobQueue queue = process.Host.Client.GetQueue(name);
            await world.Planners.SilenceAsync(queue);
            await queue.ResumeAsync();
        }

        await process.Host.Client.GetQueue(Users.Scratch).ObliterateAsync(force: true); // one that was interrupted leaves the queue closed
    }

    // A person lets go those that wait for a person, and those that waited for them follow.
    private void LetGo()
    {
        for (int turn = 0; turn < MostTurns && world.Witness.Unended.Any() && !world.IsOver; turn++)
        {
            Do(TimeSpan.Zero, LetGoAsync);
            Pass(TimeSpan.FromMinutes(1));
        }

        PassUntil(() => Unended(_ => false).Count == 0, LongestDelay);
        if (Unended(_ => false) is { Count: > 0 } left && !world.IsOver)
            world.Blame($"Invariant 6: after a person let them go {left.Count} jobs have not ended: {string.Join(", ", left.Take(5))}.");
    }

    private async Task LetGoAsync(SimulatedProcess process)
    {
        foreach (Life life in world.Witness.Unended.Where(Waits).ToArray())
        {
            IJobQueue queue = process.Host.Client.GetQueue(life.Ref.Queue);
            await (process.Chance.Is(500) ? queue.PromoteJobAsync(life.Ref.Id) : queue.CancelJobAsync(life.Ref.Id));
        }
    }

    // One process does something, as somebody asks it to.
    private void Do(TimeSpan after, Func<SimulatedProcess, Task> act)
    {
        foreach (SimulatedProcess process in world.Places.OfType<SimulatedProcess>().Take(1))
            world.Agenda.Post(process, ErrandKind.Fate, after, () => _ = act(process));
    }

    private static bool Waits(Life life) => life.IsStuck;

    private List<string> Unended(Func<Life, bool> isSpared)
    {
        List<string> left = [.. world.Witness.Unended.Where(life => !isSpared(life)).Select(life => life.ToString())];
        int spared = world.Witness.Unended.Count(isSpared);
        foreach (QueueRecord queue in Now(world.Store.QueuesAsync(default)))
        {
            QueueCounts counts = Now(world.Store.CountAsync(queue.Name, default));
            spared -= (int)counts.ByState[(int)JobState.WaitingChildren];
            left.AddRange(from state in new[] { JobState.Waiting, JobState.Active, JobState.Delayed }
                          where counts.ByState[(int)state] > 0
                          select $"{counts.ByState[(int)state]} {state} in {queue.Name}{(queue.IsPaused ? ", which is paused" : "")}");
        }

        if (spared < 0)
            left.Add($"{-spared} more that wait for others");
        return left;
    }

    // No worker is silently dead: each claims a new job at once.
    private void Probe(string by, TimeSpan bound)
    {
        int answered = 0;
        SimulatedProcess[] all = [.. world.Places.OfType<SimulatedProcess>()];
        foreach (SimulatedProcess process in all)
            world.Agenda.Post(process, ErrandKind.Fate, TimeSpan.Zero, () => _ = Users.ProbeAsync(process, () => answered++));
        Pass(bound);
        if (answered < all.Length && !world.IsOver)
            world.Blame($"Liveness: of {all.Length} workers {answered} took a new job by {by} within {bound}: {string.Join(", ", Unended(Waits))}.");
    }

    private void Stop()
    {
        foreach (SimulatedProcess process in world.Places.OfType<SimulatedProcess>())
            world.Stop(process);
        Pass(TimeSpan.FromHours(1.5));
        foreach (SimulatedProcess process in world.Places.OfType<SimulatedProcess>().Where(process => !process.IsGone && !world.IsOver))
            process.Blame("It was told to stop, and has not.");
        RequireAgreement();
        if (Now(world.Store.SessionsAsync(default)) is { Count: > 0 } left && !world.IsOver)
            world.Blame($"All have stopped, but {left.Count} sessions are alive.");
    }

    private void Pass(TimeSpan time)
    {
        long before = world.Trace.Events, most = (long)(time.TotalSeconds * MostEventsPerSecond) + MostEventsInBurst;
        world.Agenda.RunUntil(world.Agenda.Now + time.Ticks, () => world.IsOver || world.Trace.Events - before > most);
        if (world.Trace.Events - before > most)
            world.Blame($"Somebody is too busy: {world.Trace.Events - before} events within {time}.");
    }

    private void PassUntil(Func<bool> isSo, TimeSpan bound)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < bound && !world.IsOver && !isSo(); passed += TimeSpan.FromMinutes(1))
            Pass(TimeSpan.FromMinutes(1));
    }

    // The store's state, against the invariants and against the witness's book.
    private void RequireAgreement()
    {
        if (world.IsOver)
            return;
        foreach (string fault in world.Store.AuditAsync(default).GetAwaiter().GetResult())
            world.Blame($"Invariant 4: {fault}");
        foreach (Life life in world.Witness.Lives.ToArray())
        {
            if (world.Look(life.Ref) is not { } record)
                world.Blame($"Invariant 1: {life} is lost.");
            else if (life.End is null ? record.State.IsFinal() || record.State == JobState.Active != life.Claim is not null : record.State != life.End)
                world.Blame($"Invariant 4: {life} is {record.State}.");
            else
                world.Witness.RequireTies(life, record.State);
        }

        world.Witness.RequireFlows(id => Now(world.Store.FindFlowAsync(id, default)));
        world.Witness.RequireSchedules(life => world.LookAtSchedule(life.Queue, life.Id));

        foreach ((SessionId id, SessionLife session) in world.Witness.OpenSessions)
        {
            var stored = Now(world.Store.ClaimsAsync(id, default)).Select(claim => claim.Job).ToHashSet();
            if (!stored.SetEquals(session.Claims))
                world.Blame($"Invariant 2: session {id} of {session.Process} holds {string.Join(", ", stored)}, but was given {string.Join(", ", session.Claims)}.");
        }
    }

    private static T Now<T>(ValueTask<T> call) => call.AsTask().GetAwaiter().GetResult();
}
