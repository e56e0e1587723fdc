using System.Runtime.InteropServices;
using AsyncMQ.Hosting;
using AsyncMQ.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ;

/// <summary>AsyncMQ without a generic host: for scripts, tools and tests. Produces at once; <see cref="StartAsync"/> starts its workers.</summary>
public sealed class AsyncMQHost : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly Installation installation;

    private AsyncMQHost(ServiceProvider services)
    {
        this.services = services;
        installation = services.GetRequiredService<Installation>();
    }

    /// <summary>The client.</summary>
    public IJobClient Client => installation.Client;

    /// <summary>The services that handlers are made from.</summary>
    public IServiceProvider Services => services;

    /// <summary>
    /// True in a process that was started to run isolated jobs. What a program does before its host is made, it does there too, unless it asks this.
    /// </summary>
    /// <exception cref="InvalidOperationException">The environment variable by which it is told so was set by somebody else.</exception>
    public static bool IsIsolatedProcess => IsolatedChild.IsOne;

    /// <summary>Makes a host. It logs where <see cref="AsyncMQBuilder.Services"/> say, <c>mq.Services.AddLogging(…)</c>: nowhere by default.</summary>
    /// <exception cref="InvalidOperationException">No store was chosen.</exception>
    /// <remarks>In a process that was started to run isolated jobs of this host it runs them and does not return.</remarks>
    public static AsyncMQHost Create(Action<AsyncMQBuilder> configure)
    {
        ServiceProvider provider = Build(configure, out AsyncMQBuilder builder);
        if (IsolatedChild.IsFor(builder))
            IsolatedChild.Serve(builder, provider);
        return new(provider);
    }

    /// <summary>
    /// In a process that was started to run isolated jobs: runs them and does not return. Elsewhere: returns at once. For the first line of a program that does
    /// other things before its host is made; <see cref="Create"/> and the start of a generic host do it by themselves.
    /// </summary>
    /// <param name="configure">Adds the isolated handlers, and what they need. Called only in such a process.</param>
    /// <exception cref="InvalidOperationException">None of the handlers is for the job that the process was started for.</exception>
    public static void RunIsolatedJobsIfAsked(Action<AsyncMQBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (!IsolatedChild.IsOne)
            return;

        ServiceProvider provider = Build(configure, out AsyncMQBuilder builder);
        if (!IsolatedChild.IsFor(builder))
            IsolatedChild.RefuseWorkers();
        IsolatedChild.Serve(builder, provider);
    }

    /// <summary>Runs workers until the token fires, Ctrl-C or SIGTERM; then drains. A second Ctrl-C ends the drain's wait for running handlers.</summary>
    public static async Task RunAsync(Action<AsyncMQBuilder> configure, CancellationToken cancellationToken = default)
    {
        AsyncMQHost host = Create(configure);
        await using (host.ConfigureAwait(false))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var hurry = new CancellationTokenSource();
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await host.StopAsync(hurry.Token).ConfigureAwait(false);

            void OnSignal(PosixSignalContext signal)
            {
                signal.Cancel = true;
                (stop.IsCancellationRequested ? hurry : stop).Cancel();
            }
        }
    }

    /// <summary>Runs workers until Ctrl-C or SIGTERM, blocking the calling thread: for a <c>Main</c> that is not async.</summary>
    public static void Run(Action<AsyncMQBuilder> configure) => RunAsync(configure).GetAwaiter().GetResult();

    /// <summary>Starts the workers. A store that does not answer is waited for in the background: the workers start when it does.</summary>
    /// <exception cref="InvalidOperationException">An option is missing or contradicts another; the message names it.</exception>
    /// <exception cref="Storage.StoreRejectedException">The store cannot be used as it is: no permission, not a database, the layout of a newer version.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default) => installation.StartWorkersAsync(cancellationToken);

    /// <summary>Stops the workers: no more claims, running handlers go on until the worker's <see cref="WorkerOptions.ShutdownTimeout"/> or until the token
    /// fires, then their tokens fire and what is unfinished goes back.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => installation.StopWorkersAsync(cancellationToken);

    private static ServiceProvider Build(Action<AsyncMQBuilder> configure, out AsyncMQBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var collection = new ServiceCollection();
        AsyncMQBuilder? made = null;
        collection.AddLogging();
        collection.AddAsyncMQ(mq => configure(made = mq));
        builder = made!;
        return collection.BuildServiceProvider();
    }

    /// <summary>Drains the workers and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await installation.DisposeAsync().ConfigureAwait(false);
        await services.DisposeAsync().ConfigureAwait(false);
    }
}
