using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using AsyncMQ.Jobs;
using AsyncMQ.Queues;

namespace AsyncMQ.Workers;

/// <summary>One attempt in a process of isolated jobs, as its handler sees it: what it says and asks goes to the worker.</summary>
[SuppressMessage("Design", "CA1001", Justification = "the source has neither timer nor links")]
internal sealed class ServedRun(int number, FrameChannel channel, ServingParts parts) : IJobRun
{
    private readonly CancellationTokenSource tokens = new();
    private int reason;

    public int Number => number;

    public ServedCalls Calls { get; } = new(number, channel);

    public JobCancellationReason Reason => (JobCancellationReason)Volatile.Read(ref reason);

    /// <summary>Fires the handler's token; the first reason stands.</summary>
    public void Cancel(JobCancellationReason why)
    {
        if (Interlocked.CompareExchange(ref reason, (int)why, 0) == 0)
            _ = FireAsync();
    }

    /// <summary>Runs the handler, and tells what came of it.</summary>
    public async Task RunAsync(JobContext context)
    {
        FrameWriter end = await ExecuteAsync(context).ConfigureAwait(false);
        try
        {
            channel.Write(end);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The worker is gone; so will be this process.
        }
    }

    public Task ReportAsync(JobProgress? progress, string? line, CancellationToken cancellationToken)
    {
        if (progress is not { } given)
            return Calls.AskAsync(FrameKind.Line, frame => frame.Text(line), cancellationToken);

        int bytes = JobInfoReader.PackProgress(given).Length;
        if (bytes > parts.MaxPayloadBytes)
            throw new PayloadTooLargeException("The progress message", bytes, parts.MaxPayloadBytes);
        return Calls.AskAsync(FrameKind.Progress, frame => frame.Double(given.Percent).Text(given.Message), cancellationToken);
    }

    public async Task<DependencyResults> ReadDependenciesAsync(CancellationToken cancellationToken)
    {
        ServedCall call = await Calls.AskAsync(FrameKind.AskDependencies, static frame => frame, cancellationToken).ConfigureAwait(false);
        return call.Dependencies.Count == 0 ? DependencyResults.None : new(call.Dependencies);
    }

    public async Task<string?> ReadFlowIdAsync(CancellationToken cancellationToken) =>
        (await Calls.AskAsync(FrameKind.AskFlow, static frame => frame, cancellationToken).ConfigureAwait(false)).Text;

    public Task CompleteInAsync(DbTransaction transaction, Func<JobJson, ReadOnlyMemory<byte>>? result, CancellationToken cancellationToken) => throw new NotSupportedException(
        "A handler that runs in a process of its own cannot complete its job within a transaction: the claim is the worker's. Run it in the worker's process.");

    private async Task<FrameWriter> ExecuteAsync(JobContext context)
    {
        try
        {
            if (!parts.Handlers.TryGetValue(context.Name, out HandlerDefinition? definition))
                throw new InvalidOperationException($"The process for isolated jobs has no handler for '{context.Name}', though its worker has. Add it in both.");

            ReadOnlyMemory<byte> result = await definition.RunAsync(context, parts.Json, tokens.Token).ConfigureAwait(false);
            if (result.Length > parts.MaxPayloadBytes)
                throw new PayloadTooLargeException("The result", result.Length, parts.MaxPayloadBytes);
            await context.EndScopeAsync().ConfigureAwait(false);
            return new FrameWriter(FrameKind.Completed, 8 + result.Length).Int(number).Bytes(result.Span);
        }
        catch (Exception e)
        {
            FrameWriter failure = FailureFrame.Write(number, e);
            await EndScopeQuietlyAsync(context).ConfigureAwait(false);
            return failure;
        }
    }

    private static async ValueTask EndScopeQuietlyAsync(JobContext context)
    {
        try
        {
            await context.EndScopeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The attempt has failed already, for a better reason.
        }
    }

    private async Task FireAsync() => await parts.Seams.Scheduler.Cancel(tokens).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
