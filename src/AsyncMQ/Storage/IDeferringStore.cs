using System.Data.Common;

namespace AsyncMQ.Storage;

/// <summary>The part of the contract for stores that live in the user's own database: groups written inside the caller's transaction.</summary>
public interface IDeferringStore
{
    /// <summary>
    /// Writes a group inside <paramref name="transaction"/>, on its connection. It becomes jobs when the transaction has committed and an Exchange or
    /// Maintain has taken it in; a rollback leaves nothing. Outcomes are not known yet: <see cref="AddOutcome.Deferred"/>.
    /// </summary>
    ValueTask DeferAsync(DbTransaction transaction, AddGroup group, CancellationToken cancellationToken);
}
