using Microsoft.Extensions.Hosting;

namespace AsyncMQ.Hosting;

/// <summary>Starts an installation's workers with the host and drains them when it stops.</summary>
internal sealed class WorkerService(Installation installation) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => installation.StartWorkersAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => installation.StopWorkersAsync(cancellationToken);
}
