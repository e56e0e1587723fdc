using AsyncMQ.Diagnostics;
using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.Hosting;

/// <summary>The repeatables that the host was configured with.</summary>
internal sealed partial class Installation
{
    private List<(RepeatableSetup Setup, LocalRepeatable Ready)>? repeatables;

    /// <summary>Creates or changes those that are to be in the store. One that is refused does not stop the others.</summary>
    /// <exception cref="InvalidOperationException">The store refuses some; the message says which and why.</exception>
    /// <exception cref="StoreException">The store does not answer.</exception>
    internal async Task UpsertRepeatablesAsync(CancellationToken cancellationToken)
    {
        var refused = new List<Exception>();
        foreach ((RepeatableSetup setup, LocalRepeatable ready) in repeatables!)
        {
            if (setup.IsLocal)
                continue;

            try
            {
                // Only the wait is given up, like that for any call: its turn behind another step is not, which would end on a thread of the pool.
                await new Repeatables(Client.Parts, setup.Queue).UpsertAsync(setup.Id, setup.Schedule, ready.Job, paused: null, CancellationToken.None)
                    .WaitAsync(timeouts.Call, seams.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ArgumentException or AddRefusedException or StoreRejectedException)
            {
                refused.Add(new InvalidOperationException($"Repeatable '{setup.Id}' of queue '{setup.Queue}' was refused: {e.Message}", e));
            }
        }

        if (refused.Count > 0)
            throw new InvalidOperationException(string.Join(' ', refused.Select(static one => one.Message)), refused.Count == 1 ? refused[0].InnerException : new AggregateException(refused));
    }

    // When the start of the host is long over, a refusal is no reason to leave the workers standing.
    private async Task UpsertRepeatablesLateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await UpsertRepeatablesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            Log.RepeatableRefused(logger, e);
        }
    }

    // Once: the local ones are known to the workers from then on.
    private void PrepareRepeatables()
    {
        if (repeatables is not null)
            return;

        List<(RepeatableSetup, LocalRepeatable)> ready = [.. builder.Repeatables.Select(setup => (setup, Prepare(setup)))];
        foreach ((RepeatableSetup setup, LocalRepeatable repeatable) in ready)
        {
            if (setup.IsLocal)
                locals.Add(repeatable);
        }

        repeatables = ready;
    }

    private LocalRepeatable Prepare(RepeatableSetup setup)
    {
        try
        {
            return new(setup.Queue, setup.Id, setup.Schedule, Client.Parts.Factory.CreateTemplate(setup.Job, setup.Queue, setup.Schedule).Job);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new InvalidOperationException($"Repeatable '{setup.Id}' of queue '{setup.Queue}' cannot be used: {e.Message}", e);
        }
    }
}
