using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AsyncMQ.Jobs;
using AsyncMQ.Seams;

namespace AsyncMQ.Workers;

/// <summary>
/// This process as one that was started to run isolated jobs. Static, unlike all else here, because it is true of the process: it has one such connection,
/// and no host in it may do what hosts do.
/// </summary>
internal static class IsolatedChild
{
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(5);
    private static readonly string? Text = Take();
    private static int isServing;

    /// <summary>True in a process that was started to run isolated jobs.</summary>
    /// <exception cref="InvalidOperationException">It was told so in a way that is not understood.</exception>
    public static bool IsOne => IsolationOrder.Parse(Text) is not null;

    /// <summary>True once it does.</summary>
    public static bool IsServing => Volatile.Read(ref isServing) != 0;

    /// <summary>Whether this host is the one whose jobs it was started for.</summary>
    public static bool IsFor(AsyncMQBuilder builder) =>
        !IsServing && IsolationOrder.Parse(Text) is { } order && order.Installation == builder.Installation && builder.Handlers.ContainsKey(order.Job);

    /// <exception cref="InvalidOperationException">This process is one that has not come to its jobs yet, and must not touch a store.</exception>
    public static void RefuseStore()
    {
        if (!IsServing && IsOne)
            throw NotForThis("use a store");
    }

    /// <exception cref="InvalidOperationException">A handler in this process would be given a memory that nobody else sees.</exception>
    public static void RefuseMemory()
    {
        if (IsServing)
        {
            throw new InvalidOperationException(
                "The handler of an isolated job asked for the store, but jobs in memory are in the memory of its worker, which is another process. Use a store that processes can share, "
                + "such as UseSqlite(\"jobs.db\"), or add jobs from a handler that is not isolated.");
        }
    }

    /// <exception cref="InvalidOperationException">This process is one that was started to run isolated jobs.</exception>
    public static void RefuseWorkers()
    {
        if (IsOne)
            throw NotForThis("start workers");
    }

    /// <summary>Runs jobs on other threads until there are no more, and ends the process.</summary>
    [DoesNotReturn]
    public static void Serve(AsyncMQBuilder builder, IServiceProvider services)
    {
        Volatile.Write(ref isServing, 1);
        bool leads = ProcessGroup.Lead();
        OfferToSystem();

        // Who stops a service signals all its processes: when this one is to end is for its worker to say.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal => signal.Cancel = true);
        IsolationOrder order = IsolationOrder.Parse(Text)!;
        try
        {
            using var channel = new FrameChannel(
                new NetworkStream(LocalEndPoint.Connect(order.EndPoint), ownsSocket: true), builder.Options.MaxPayloadBytes + FrameChannel.Overhead);
            channel.Write(new FrameWriter(FrameKind.Hello).Text(order.Secret).Int(leads ? 1 : 0));
            RuntimeSeams seams = builder.Seams ?? RuntimeSeams.System with { Time = builder.Options.TimeProvider };
            if (!new JobServer(channel, new(builder.Handlers, new JobJson(builder.Contexts), services, seams, builder.Options.MaxPayloadBytes)).Run())
                ProcessGroup.KillOwn(leads);
            DisposeOf(services);
        }
        catch (SocketException e)
        {
            Console.Error.WriteLine($"The process that asked for isolated jobs is gone: {e.Message}");
        }

        Environment.Exit(0);
    }

    private static InvalidOperationException NotForThis(string what) => new(
        $"This process was started to run isolated jobs named '{IsolationOrder.Parse(Text)!.Job}', and came to {what} instead: no host before this had a handler of that name. "
        + "Give it one in this process too, or call AsyncMQHost.RunIsolatedJobsIfAsked first of all in the program.");

    // Out of the environment, so that what this process starts does not take itself for one.
    private static string? Take()
    {
        string? text = Environment.GetEnvironmentVariable(IsolationOrder.Variable);
        Environment.SetEnvironmentVariable(IsolationOrder.Variable, null);
        return text;
    }

    // Where memory runs out, the system is to take this process before its worker.
    private static void OfferToSystem()
    {
        if (!OperatingSystem.IsLinux())
            return;

        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "500");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it takes whom it likes.
        }
    }

    // What the program's services still have to say, a logger's last lines for example, they say when they are disposed.
    private static void DisposeOf(IServiceProvider services)
    {
        try
        {
            if (services is IAsyncDisposable disposable)
                disposable.DisposeAsync().AsTask().Wait(LongestFarewell);
        }
        catch (Exception)
        {
            // The jobs are done, whatever the services think.
        }
    }
}
