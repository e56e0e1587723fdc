using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <summary>Does for a handler in another process what it asks of its context, and answers.</summary>
internal sealed class CallAnswers(FrameChannel channel)
{
    /// <summary>Begins at once, so that lines are stored in the order in which they came; ends when it is answered.</summary>
    /// <exception cref="InvalidDataException">The frame is not a call.</exception>
    public void Begin(Frame frame, RemoteAttempt? current)
    {
        FrameReader call = frame.Read();
        int attempt = call.Int();
        int number = call.Int();
        JobContext? context = current?.Number == attempt ? current.Context : null; // a handler may have left something running behind it
        switch (frame.Kind)
        {
            case FrameKind.Progress:
                double percent = call.Double();
                string? message = call.TextOrNull();
                _ = AnswerAsync(number, context, told => NothingAsync(told.ReportProgressAsync(percent, message)));
                break;
            case FrameKind.Line:
                string line = call.Text();
                _ = AnswerAsync(number, context, told => NothingAsync(told.LogAsync(line)));
                break;
            case FrameKind.AskDependencies:
                _ = AnswerAsync(number, context, asked => SendDependenciesAsync(number, asked));
                break;
            case FrameKind.AskFlow:
                _ = AnswerAsync(number, context, static asked => asked.GetFlowIdAsync());
                break;
            default:
                throw new InvalidDataException($"A frame came that a process of isolated jobs does not send ({frame.Kind}).");
        }
    }

    private async Task AnswerAsync(int call, JobContext? context, Func<JobContext, Task<string?>> work)
    {
        try
        {
            await channel.WriteAsync(await AnswerOfAsync(call, context, work).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // There is nobody left who waits for it.
        }
    }

    private static async Task<FrameWriter> AnswerOfAsync(int call, JobContext? context, Func<JobContext, Task<string?>> work)
    {
        try
        {
            return context is not null
                ? Answer(call, CallOutcome.Done, await work(context).ConfigureAwait(false))
                : Answer(call, CallOutcome.Failed, "The attempt is over: its handler has returned.");
        }
        catch (OperationCanceledException e)
        {
            return Answer(call, CallOutcome.ClaimLost, e.Message);
        }
        catch (StoreException e)
        {
            return Answer(call, CallOutcome.StoreFailed, e.Message);
        }
        catch (Exception e) when (e is not (IOException or ObjectDisposedException))
        {
            return Answer(call, CallOutcome.Failed, e.Message);
        }
    }

    // One by one: together they may be a thousand times as large as one may be.
    private async Task<string?> SendDependenciesAsync(int call, JobContext context)
    {
        foreach (DependencyResult dependency in await context.GetDependenciesAsync().ConfigureAwait(false))
        {
            FrameWriter frame = new FrameWriter(FrameKind.Dependency).Int(call).Text(dependency.Ref.Queue).Text(dependency.Ref.Id).Text(dependency.Name);
            if (dependency.Result is { } result)
                frame.Int((int)result.State).Bytes(result.Utf8.Span).Error(result.Error);
            await channel.WriteAsync(frame).ConfigureAwait(false);
        }

        return null;
    }

    private static async Task<string?> NothingAsync(Task done)
    {
        await done.ConfigureAwait(false);
        return null;
    }

    private static FrameWriter Answer(int call, CallOutcome outcome, string? text) => new FrameWriter(FrameKind.Answer).Int(call).Int((int)outcome).Text(text);
}
