using AsyncMQ.Workers;
using Microsoft.Extensions.Hosting;

namespace AsyncMQ.Hosting;

/// <summary>Stands for an installation in the host of a process of isolated jobs: serves them before any service is started, and ends the process.</summary>
internal sealed class IsolatedService(AsyncMQBuilder builder, IServiceProvider services) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (IsolatedChild.IsFor(builder))
            IsolatedChild.Serve(builder, services);
        return Task.CompletedTask;
    }

    // It was another installation's, or none had a handler for the job.
    public Task StartAsync(CancellationToken cancellationToken)
    {
        IsolatedChild.RefuseWorkers();
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
