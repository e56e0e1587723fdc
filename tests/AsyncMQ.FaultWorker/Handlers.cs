using AsyncMQ.Faults.Kit;

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
        await SpendAsync(context, claim, Duration(arguments.Handler), token);
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

    private async Task SpendAsync(JobContext context, string claim, int milliseconds, CancellationToken token)
    {
        try
        {
            await Task.Delay(milliseconds, arguments.IsDeaf ? CancellationToken.None : token);
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
