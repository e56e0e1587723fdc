using Microsoft.Extensions.Hosting;

namespace AsyncMQ.IsolationWorker;

/// <summary>A service of the host that must not start in a process of isolated jobs.</summary>
internal sealed class Shouting : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine(AsyncMQHost.IsIsolatedProcess ? "another service started in a process of isolated jobs" : "another service started");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
