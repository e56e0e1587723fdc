namespace AsyncMQ.EntityFrameworkCore;

/// <summary>Tells the relays of this process that a context has committed rows.</summary>
internal sealed class OutboxSignal
{
    public event Action? RowsCommitted;

    public void Tell() => RowsCommitted?.Invoke();
}
