using AsyncMQ.Faults.Kit;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.FaultWorker;

/// <summary>The handlers: each run leaves its lines in the ledger.</summary>
internal sealed class Handlers(WorkerArguments arguments, JobLedger ledger, ClaimBook claims)
{
    private readonly Random random = new(arguments.Seed);

    /// <summary>Takes its time, and returns the claim it ran under: the store's result then tells whose word it took.</summary>
    public async Task<string> WorkAsync(JobContext context, CancellationToken token)
    {
        string claim = claims.Take(context);
        ledger.Write(LedgerPhase.Start, context.Id, context.Attempt, claim);
        await NoteAsync(context, claim, Task.Delay(Duration(arguments.Handler), arguments.IsDeaf ? CancellationToken.None : token));
        ledger.Write(LedgerPhase.End, context.Id, context.Attempt, claim);
        return claim;
    }

    /// <summary>Takes its process with it.</summary>
    public Task PoisonAsync(JobContext context, CancellationToken token)
    {
        ledger.Write(LedgerPhase.Start, context.Id, context.Attempt, claims.Take(context));
        Environment.FailFast($"{context.Id} is poison");
        return Task.CompletedTask;
    }

    /// <summary>As <see cref="WorkAsync"/>, but longer than the interval of the schedule that adds it.</summary>
    public async Task<string> SlowAsync(JobContext context, CancellationToken token)
    {
        string claim = claims.Take(context);
        ledger.Write(LedgerPhase.Start, context.Id, context.Attempt, claim);
        await NoteAsync(context, claim, Task.Delay(Duration((500, 2_500)), token));
        ledger.Write(LedgerPhase.End, context.Id, context.Attempt, claim);
        return claim;
    }

    /// <summary>A node of a flow: returns its claim and what its dependencies handed it. May add another node, and may fail.</summary>
    public async Task<string> NodeAsync(JobContext context, CancellationToken token)
    {
        string claim = claims.Take(context);
        ledger.Write(LedgerPhase.Start, context.Id, context.Attempt, claim);
        string given = "";
        await NoteAsync(context, claim, WorkNodeAsync());
        if (context.Args[0].GetBoolean())
        {
            ledger.Write(LedgerPhase.Threw, context.Id, context.Attempt, claim);
            throw new UnrecoverableJobException(FlowPlan.Failure);
        }

        ledger.Write(LedgerPhase.End, context.Id, context.Attempt, claim);
        return $"{claim}|{given}";

        async Task WorkNodeAsync()
        {
            given = string.Join(',', (await context.GetDependenciesAsync(token)).Select(dependency => $"{dependency.Ref.Id}={Shown(dependency)}"));
            if (context.Args[1].GetString() is { Length: > 0 } more)
                await context.Services.GetRequiredService<IJobClient>().AddToFlowAsync(FlowPlan.Grow((await context.GetFlowIdAsync(token))!, context.Ref, more), token);
            if (arguments.IsDeaf)
                ledger.Write(LedgerPhase.Deaf, context.Id, context.Attempt, claim);
            await Task.Delay(Duration(arguments.Handler), arguments.IsDeaf ? CancellationToken.None : token);
        }
    }

    // Of a result only the claim: what that one was given is its own affair.
    private static string Shown(DependencyResult dependency) =>
        dependency.HasValue ? dependency.Get<string>()!.Split('|')[0] : dependency.State?.ToString() ?? "gone";

    private async Task NoteAsync(JobContext context, string claim, Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            bool isStopping = context.CancellationReason == JobCancellationReason.HostStopping;
            ledger.Write(isStopping ? LedgerPhase.Back : LedgerPhase.Lost, context.Id, context.Attempt, claim);
            throw;
        }
    }

    private int Duration((int From, int To) range)
    {
        lock (random)
            return random.Next(range.From, range.To + 1);
    }
}
