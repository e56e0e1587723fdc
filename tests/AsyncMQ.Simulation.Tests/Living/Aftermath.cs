using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Wires;
using AsyncMQ.Simulation.Witnessing;

namespace AsyncMQ.Simulation.Living;

/// <summary>The life of a world, and what must be true during it and after it is healed.</summary>
internal sealed class Aftermath(World world, Fates fates)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan FarthestClock = TimeSpan.FromHours(3);

    private const int MostEventsPerSecond = 1_000;
    private const int MostEventsInBurst = 50_000;

    public void Live(TimeSpan time)
    {
        fates.Begin();
        for (TimeSpan lived = TimeSpan.Zero; lived < time && !world.IsOver; lived += BetweenLooks)
        {
            Pass(BetweenLooks);
            RequireAgreement();
        }

        if (world.IsOver)
            return;
        fates.Heal();
        Drain();
        Probe("a wake-up", TimeSpan.FromSeconds(10));
        world.Weather = new() { LostSignals = 1_000 };
        Probe("its poll", world.Settings.Poll + TimeSpan.FromSeconds(10));
        Stop();
    }

    // Every job ends: within the longest delay, the longest run and the time in which the dead are found out.
    private void Drain()
    {
        foreach (SimulatedProcess process in world.Places.OfType<SimulatedProcess>().Take(1))
            world.Agenda.Post(process, ErrandKind.Fate, TimeSpan.FromMinutes(1), () => _ = ResumeAllAsync(process));
        TimeSpan bound = (LongestDelay * 2) + (world.Settings.Lease * 12) + FarthestClock;
        PassUntil(() => Unended().Count == 0, bound);
        if (world.IsOver)
            return;
        if (Unended() is { Count: > 0 } left)
            world.Blame($"Invariant 3: {bound} after the world was healed {left.Count} jobs have not ended: {string.Join(", ", left.Take(5))}.");

        Pass(TimeSpan.FromMinutes(4)); // until the last late call has come
        PassUntil(() => Now(world.Store.SessionsAsync(default)).Count == world.Places.Length, (world.Settings.Lease * 3) + FarthestClock);
        int sessions = Now(world.Store.SessionsAsync(default)).Count;
        if (sessions != world.Places.Length && !world.IsOver)
            world.Blame($"Lease: {world.Places.Length} processes run, but {sessions} sessions are alive.");
        foreach (SimulatedProcess process in world.Places.OfType<SimulatedProcess>().Where(process => process.Scheduler.Waits > 0))
            process.Blame($"All jobs have ended, but {process.Scheduler.Waits} waits for jobs have not.");
        RequireAgreement();
    }

    private static async Task ResumeAllAsync(SimulatedProcess process)
    {
        foreach (string queue in await process.Host.Client.GetQueuesAsync())
            await process.Host.Client.GetQueue(queue).ResumeAsync();
        await process.Host.Client.GetQueue(Users.Scratch).ObliterateAsync(force: true); // one that was interrupted leaves the queue closed
    }

    private List<string> Unended()
    {
        List<string> left = [.. world.Witness.Unended.Select(life => life.ToString())];
        foreach (QueueRecord queue in Now(world.Store.QueuesAsync(default)))
        {
            QueueCounts counts = Now(world.Store.CountAsync(queue.Name, default));
            left.AddRange(from state in new[] { JobState.Waiting, JobState.Active, JobState.Delayed }
                          where counts.ByState[(int)state] > 0
                          select $"{counts.ByState[(int)state]} {state} in {queue.Name}{(queue.IsPaused ? ", which is paused" : "")}");
        }

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
            world.Blame($"Liveness: of {all.Length} workers {answered} took a new job by {by} within {bound}: {string.Join(", ", Unended())}.");
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
        }

        foreach ((SessionId id, SessionLife session) in world.Witness.OpenSessions)
        {
            var stored = Now(world.Store.ClaimsAsync(id, default)).Select(claim => claim.Job).ToHashSet();
            if (!stored.SetEquals(session.Claims))
                world.Blame($"Invariant 2: session {id} of {session.Process} holds {string.Join(", ", stored)}, but was given {string.Join(", ", session.Claims)}.");
        }
    }

    private static T Now<T>(ValueTask<T> call) => call.AsTask().GetAwaiter().GetResult();
}
