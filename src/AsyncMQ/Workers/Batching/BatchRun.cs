using System.Diagnostics.CodeAnalysis;
using AsyncMQ.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Workers;

/// <summary>One run of a batch handler. What it says of the jobs counts when it has ended and its scope is disposed: then all their slots go on.</summary>
[SuppressMessage("Design", "CA1001", Justification = "the source has neither timer nor links")]
internal sealed class BatchRun : IThreadPoolWorkItem
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource tokens = new();
    private readonly Batches batches;
    private readonly BatchDefinition definition;
    private readonly WorkerContext worker;
    private BatchMember[] members;
    private int untold;

    /// <summary>Takes in its members; under the lock of the worker's batches.</summary>
    public BatchRun(Batches batches, BatchDefinition definition, BatchMember[] members)
    {
        (this.batches, this.definition, this.members) = (batches, definition, members);
        worker = batches.Worker;
        untold = members.Length;
        foreach (BatchMember member in members)
            member.Batch = this;
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    /// <summary>The token of a member has fired; when those of all have, so does the batch's.</summary>
    public void Tell(BatchMember member)
    {
        lock (gate)
        {
            member.IsTold = true;
            if (--untold > 0)
                return;
        }

        _ = FireAsync();
    }

    private async Task FireAsync() =>
        await worker.Seams.Scheduler.Cancel(tokens).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task RunAsync()
    {
        DropTold();
        if (members.Length == 0)
            return;

        HandlerScope.Enter(new(batches.Scope, members.Length));
        Exception? failure = null, disposal = null;
        AsyncServiceScope services = default;
        bool hasScope = false;
        try
        {
            services = worker.Services.CreateAsyncScope();
            hasScope = true;
            await HandleAsync(services.ServiceProvider).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }

        try
        {
            if (hasScope)
                await services.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            disposal = e;
        }

        foreach (BatchMember member in members)
            End(member, failure, disposal);
    }

    private Task HandleAsync(IServiceProvider services)
    {
        foreach (BatchMember member in members)
        {
            JobRun run = member.Run;
            member.Item.Context.ShareServices(services);
            if (worker.PolicyFor(definition, JobEnvelope.Unpack(run.Job.Envelope), run.Job.Ref.Queue).Timeout is { } timeout)
                run.StartTimer(timeout);
        }

        return definition.HandleAsync(Array.ConvertAll(members, static member => member.Item), services, tokens.Token) ?? throw HandlerDefinition.NoTask();
    }

    // The wait for a thread may be long: what was cancelled meanwhile does not start.
    private void DropTold()
    {
        BatchMember[] told;
        lock (gate)
        {
            if (untold == members.Length)
                return;
            told = Array.FindAll(members, static member => member.IsTold);
            members = Array.FindAll(members, static member => !member.IsTold);
        }

        foreach (BatchMember member in told)
            batches.End(member, new OperationCanceledException(member.Item.CancellationToken));
    }

    // What disposing throws may be the end of the very work (a transaction): as with a single handler, nothing is done then.
    private void End(BatchMember member, Exception? failure, Exception? disposal)
    {
        BatchItem item = member.Item;
        item.FailIfOpen(failure ?? (item.CancellationToken.IsCancellationRequested ? new OperationCanceledException(item.CancellationToken) : Unsaid()));
        member.SpoiledBy = disposal;
        worker.Seams.Scheduler.Queue(member);
    }

    private InvalidOperationException Unsaid() => new(
        $"The batch handler of '{definition.Name}' returned without saying what became of this job. It must call Complete, Fail or PutBack for each job of its batch.");
}
