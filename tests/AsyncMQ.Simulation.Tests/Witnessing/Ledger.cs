using AsyncMQ.Simulation.Living;
using AsyncMQ.Simulation.Machine;
using AsyncMQ.Workers;

namespace AsyncMQ.Simulation.Witnessing;

/// <summary>The runs of handlers, as the handlers saw them.</summary>
internal sealed class Ledger(World world)
{
    private readonly Dictionary<(JobRef Job, ClaimToken Claim), Run> runs = [];

    public long Started => runs.Count;

    /// <summary>A handler starts.</summary>
    public Run Start(SimulatedProcess process, JobContext context, CancellationToken token)
    {
        ClaimToken claim = ((JobRun)context.Run!).Job.Token;
        var run = new Run(process, token);
        if (!runs.TryAdd((context.Ref, claim), run))
            process.Blame($"Invariant 2: {context.Ref} was started twice under one claim, {Life.Words(claim)}.");
        if (process.IsGone || process.IsFrozen)
            process.Blame($"{context.Ref} was started by a process that does not run.");
        return run;
    }

    /// <summary>A job came back unfinished. Where its handler had started, only a stop explains that.</summary>
    public void HandedBack(SimulatedProcess process, Life life, ClaimToken claim)
    {
        if (runs.GetValueOrDefault((life.Ref, claim)) is not { } run || process.IsStopping)
            return;
        string what = run.HasEnded ? "had run to its end" : "runs";
        process.Blame($"Invariant 3: {life} was handed back though its handler {what} and nobody stops the process.");
    }

    /// <summary>What a handler must be told of those that its job depends on, as far as nothing changes meanwhile.</summary>
    public Func<DependencyResults, string?> ExpectResults(JobContext context)
    {
        ClaimToken claim = ((JobRun)context.Run!).Job.Token;
        if (world.Witness.Find(context.Ref) is not { } life || life.Claim != claim)
            return _ => null;

        (Tie Tie, int Reruns)[] sure = [.. life.Ties.Where(IsSure).Select(tie => (tie, tie.Of!.Reruns))];
        return results =>
        {
            if (life.Claim != claim)
                return null;
            if (!results.Select(result => result.Ref).SequenceEqual(life.Ties.Select(tie => tie.Job)))
                return $"{life} was told of {string.Join(", ", results)}.";
            foreach ((Tie tie, int reruns) in sure)
            {
                DependencyResult result = results[tie.Job];
                bool isValue = result.Name != Living.Handlers.Counting || (result.HasValue && result.Get<int>() == tie.Of!.Attempt);
                if (IsSure(tie) && tie.Of!.Reruns == reruns && (result.State != JobState.Completed || !isValue))
                    return $"{life} was told of {result}, but {tie}.";
            }

            return null;
        };
    }

    private static bool IsSure(Tie tie) => tie.Of is { End: JobState.Completed, IsGone: false };

    /// <summary>Somebody asked a running job to stop: its handler is told within two renewals, if nothing keeps its process from them.</summary>
    public void ExpectToldToStop(Life life, ClaimToken claim)
    {
        long asked = world.Agenda.Now;
        TimeSpan patience = (world.Settings.Lease / 5 * 2) + TimeSpan.FromSeconds(30);
        world.Agenda.Post(null, ErrandKind.Fate, patience, () =>
        {
            if (life.Claim == claim && life.End is null && runs.GetValueOrDefault((life.Ref, claim)) is { HasEnded: false, IsTold: false } run
                && !run.Process.WasTroubledSince(asked))
                world.Blame($"Cancel: {run.Process} was not told that {life} is to stop.");
        });
    }
}

/// <summary>One run of a handler.</summary>
internal sealed class Run(SimulatedProcess process, CancellationToken token)
{
    public SimulatedProcess Process => process;

    public bool HasEnded { get; set; }

    public bool IsTold => token.IsCancellationRequested;
}
