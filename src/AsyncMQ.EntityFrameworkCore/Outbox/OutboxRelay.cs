using AsyncMQ.Diagnostics;
using AsyncMQ.Queues;
using AsyncMQ.Seams;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsyncMQ.EntityFrameworkCore;

/// <summary>
/// Moves the rows of an outbox to the store while the host runs: reads the oldest, adds their groups under the ids and stamps that are in them, deletes them. So
/// a row that is moved twice, by two relays or because one died between add and delete, is one group of jobs.
/// </summary>
internal sealed class OutboxRelay<TContext> : BackgroundService
    where TContext : DbContext
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TimeToFinish = TimeSpan.FromSeconds(5);

    private readonly IServiceProvider services;
    private readonly OutboxRelayOptions options;
    private readonly OutboxSignal signal;
    private readonly ILogger logger;
    private readonly SemaphoreSlim rowsCommitted = new(0, 1);
    private int failures;

    public OutboxRelay(IServiceProvider services, OutboxRelayOptions options)
    {
        this.services = services;
        this.options = options;
        signal = services.GetRequiredService<OutboxSignal>();
        logger = services.GetService<ILoggerFactory>() is { } loggers ? new QuietLogger(loggers.CreateLogger("AsyncMQ.Outbox")) : NullLogger.Instance;
        signal.RowsCommitted += Wake;
    }

    /// <exception cref="InvalidOperationException">The context has no outbox.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        AsyncServiceScope scope = services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
            RequireOutbox(scope.ServiceProvider.GetRequiredService<TContext>());
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        signal.RowsCommitted -= Wake;
        rowsCommitted.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What is under way when the host stops may finish, but not hold it up.
        using var hurry = new CancellationTokenSource();
        using CancellationTokenRegistration stop = stoppingToken.Register(() => hurry.CancelAfter(TimeToFinish));
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan pause = await MoveAsync(stoppingToken, hurry.Token).ConfigureAwait(false);
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            wait.CancelAfter(pause);
            await rowsCommitted.WaitAsync(wait.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Wake()
    {
        try
        {
            rowsCommitted.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake, or will be.
        }
    }

    /// <summary>Moves what there is.</summary>
    /// <returns>When to look again.</returns>
    private async Task<TimeSpan> MoveAsync(CancellationToken stop, CancellationToken hurry)
    {
        string store = "the store";
        IRandomSource random = RuntimeSeams.System.Random;
        try
        {
            bool isMore = true;
            while (isMore && !stop.IsCancellationRequested)
            {
                AsyncServiceScope scope = services.CreateAsyncScope();
                await using (scope.ConfigureAwait(false))
                {
                    TContext context = scope.ServiceProvider.GetRequiredService<TContext>();
                    JobClient client = RequireOutbox(context);
                    (store, random) = (client.Parts.Store.Description, client.Parts.Seams.Random);
                    isMore = await MoveSomeAsync(new(context), client, hurry).ConfigureAwait(false);
                }
            }

            if (failures > 0 && !stop.IsCancellationRequested)
                Log.Back(logger, typeof(TContext).Name, store);
            failures = 0;
            return options.PollInterval;
        }
        catch (Exception error)
        {
            if (failures++ == 0 && !stop.IsCancellationRequested)
                Log.Away(logger, typeof(TContext).Name, store, error);
            TimeSpan pause = options.PollInterval * Math.Pow(2, Math.Min(failures - 1, 20));
            return (pause < LongestPause ? pause : LongestPause) * (1 - (0.5 * random.NextDouble()));
        }
    }

    private async Task<bool> MoveSomeAsync(OutboxRows outbox, JobClient client, CancellationToken hurry)
    {
        (List<OutboxGroup> rows, bool isMore) = await outbox.ReadAsync(hurry).ConfigureAwait(false);
        if (rows.Count == 0)
            return false;

        options.Reached?.Invoke(RelayStep.Read);
        var sender = new GroupSender(client);
        await sender.SendAsync(rows, hurry).ConfigureAwait(false);
        options.Reached?.Invoke(RelayStep.Added);
        await outbox.DeleteAsync(sender.Added, hurry).ConfigureAwait(false);
        foreach ((long row, string error) in sender.Refused)
        {
            await outbox.KeepAsync(row, error, hurry).ConfigureAwait(false);
            Log.Refused(logger, row, typeof(TContext).Name, error);
        }

        options.Reached?.Invoke(RelayStep.Deleted);
        return sender.Failure is null ? isMore : throw sender.Failure;
    }

    private static JobClient RequireOutbox(TContext context)
    {
        AsyncMQOptionsExtension? extension = AsyncMQOptionsExtension.Find(context);
        if (extension is not { IsOutbox: true } || context.Model.FindEntityType(typeof(OutboxGroup)) is null)
        {
            throw new InvalidOperationException(
                $"The relay of {typeof(TContext).Name} needs its outbox: UseAsyncMQOutbox(sp) in the context's options, and modelBuilder.AddAsyncMQOutbox() in its OnModelCreating.");
        }

        return extension.Client;
    }
}
