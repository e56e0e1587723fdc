using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.EntityFrameworkCore;

/// <summary>Adds the groups of rows to the store, in their order, and says what became of each row.</summary>
internal sealed class GroupSender(JobClient client)
{
    private readonly List<(OutboxGroup Row, Task Add)> underWay = [];

    /// <summary>The rows whose jobs are in the store.</summary>
    public List<long> Added { get; } = [];

    /// <summary>The rows that would be refused again, and why.</summary>
    public List<(long Row, string Error)> Refused { get; } = [];

    /// <summary>Why the other rows have to wait; null: there are none.</summary>
    public Exception? Failure { get; private set; }

    public async Task SendAsync(IReadOnlyList<OutboxGroup> rows, CancellationToken cancellationToken)
    {
        // Started here, so that the groups reach the lane in the order of the rows.
        await client.Parts.StartAsync(cancellationToken).ConfigureAwait(false);
        foreach (OutboxGroup row in rows)
        {
            if (Read(row) is not { } group)
                continue;

            // Small groups share round trips; a large one has a lane of its own, and would overtake them, or be overtaken by those that depend on it.
            bool isSmall = Producer.IsSmall(group);
            if (!isSmall)
                await FinishAsync(cancellationToken).ConfigureAwait(false);
            if (Failure is not null)
                return;
            underWay.Add((row, client.Parts.Adder.AddAsync(group, cancellationToken)));
            if (!isSmall)
                await FinishAsync(cancellationToken).ConfigureAwait(false);
        }

        await FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private AddGroup? Read(OutboxGroup row)
    {
        try
        {
            return DeferredGroups.Unpack(row.Content);
        }
        catch (Exception error)
        {
            Refused.Add((row.Id, $"The row cannot be read: {error.Message}"));
            return null;
        }
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        foreach ((OutboxGroup row, Task add) in underWay)
        {
            try
            {
                await add.ConfigureAwait(false);
                Added.Add(row.Id);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                Judge(row, error);
            }
        }

        underWay.Clear();
    }

    // A refusal behind a row that has to wait may be for want of that row's jobs.
    private void Judge(OutboxGroup row, Exception error)
    {
        if (error is AddRefusedException or ArgumentException or NotSupportedException && Failure is null)
            Refused.Add((row.Id, error.Message));
        else
            Failure ??= error;
    }
}
