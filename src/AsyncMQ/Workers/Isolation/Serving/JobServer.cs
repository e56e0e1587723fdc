using AsyncMQ.Jobs;
using AsyncMQ.Seams;

namespace AsyncMQ.Workers;

/// <summary>What handlers in a process of isolated jobs are run with.</summary>
internal sealed record ServingParts(
    IReadOnlyDictionary<string, HandlerDefinition> Handlers, JobJson Json, IServiceProvider Services, RuntimeSeams Seams, int MaxPayloadBytes);

/// <summary>Runs the jobs that come over the connection, one at a time, on the pool; listens meanwhile, on the thread that it was called on.</summary>
internal sealed class JobServer(FrameChannel channel, ServingParts parts)
{
    private ServedRun? current;

    /// <summary>True: there are no more jobs. False: the worker is gone, or cannot be understood.</summary>
    public bool Run()
    {
        try
        {
            while (channel.Read() is { } frame)
            {
                if (frame.Kind == FrameKind.Stop)
                    return true;
                Hear(frame);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
        }

        return false;
    }

    private void Hear(Frame frame)
    {
        FrameReader rest = frame.Read();
        switch (frame.Kind)
        {
            case FrameKind.Job:
                Begin(rest);
                break;
            case FrameKind.Cancel when current is { } run && rest.Int() == run.Number:
                run.Cancel((JobCancellationReason)rest.Int());
                break;
            case FrameKind.Dependency:
                current?.Calls.Hear(ref rest, parts.Json);
                break;
            case FrameKind.Answer:
                current?.Calls.End(ref rest);
                break;
        }
    }

    private void Begin(FrameReader job)
    {
        var run = new ServedRun(job.Int(), channel, parts);
        var reference = new JobRef(job.Text(), job.Text());
        string name = job.Text();
        int attempt = job.Int(), maxAttempts = job.Int(), stalls = job.Int();
        ReadOnlyMemory<byte> args = job.Bytes();
        Dictionary<string, string> headers = new(StringComparer.Ordinal);
        for (int left = job.Count(); left > 0; left--)
            headers.Add(job.Text(), job.Text());

        var context = new JobContext(reference, name, args.Length == 0 ? null : new JobArgs(args))
        {
            Attempt = attempt,
            MaxAttempts = maxAttempts,
            Stalls = stalls,
            Headers = headers,
            Root = parts.Services,
            Run = run,
        };
        current = run;
        channel.Write(new FrameWriter(FrameKind.Started).Int(run.Number));
        _ = parts.Seams.Scheduler.Start(() => run.RunAsync(context));
    }
}
