using System.Data.Common;

namespace AsyncMQ.Storage;

/// <summary>The part of the contract for stores that live in the user's own database: what commits, or not, with a transaction of the user's.</summary>
/// <remarks>
/// Both members write rows of their own on the transaction's connection, take no lock that a step waits for, and leave nothing behind after a rollback.
/// <b>Taking in:</b> every step with a name but a renewal, and every look at jobs, queues, keys and flows, first takes in the groups whose transactions have
/// committed: at most 1 000 jobs, or one group if that is larger; when more is left, an Exchange says that there is work now. Their order is that of taking in.
/// </remarks>
public interface ITransactionalStore
{
    /// <summary>
    /// Writes a group inside <paramref name="transaction"/>. It becomes jobs when that has committed and a step has taken it in, which counts delays and
    /// times-to-live from then. One that would be refused as an add becomes failed jobs then, but for those whose ids are taken, with an error of the type
    /// <see cref="DeferredGroups.RefusedType"/> that says why.
    /// </summary>
    /// <exception cref="ArgumentException">The transaction is not one of this store's database, or has ended. Nothing was written.</exception>
    /// <exception cref="StoreException">It could not be written; the transaction should be rolled back.</exception>
    ValueTask DeferAsync(DbTransaction transaction, AddGroup group, CancellationToken cancellationToken);

    /// <summary>The same for callers that are synchronous: blocks the thread while the database answers, and needs no other.</summary>
    /// <exception cref="ArgumentException">As for <see cref="DeferAsync"/>.</exception>
    /// <exception cref="StoreException">As for <see cref="DeferAsync"/>.</exception>
    /// <exception cref="NotSupportedException">The store writes asynchronously only. Nothing was written.</exception>
    void Defer(DbTransaction transaction, AddGroup group) =>
        throw new NotSupportedException("This store writes into transactions asynchronously only: call SaveChangesAsync instead of SaveChanges.");

    /// <summary>
    /// Writes inside <paramref name="transaction"/> that a claimed job is completed. Once that has committed, however the claim is settled, recovered or handed
    /// back, the job ends completed and is given to nobody: whatever would put it back into a queue, or end it otherwise, completes it. Unique for each
    /// job until somebody retries it by hand: the row of another attempt is waited for until its transaction ends.
    /// </summary>
    /// <exception cref="ArgumentException">As for <see cref="DeferAsync"/>.</exception>
    /// <exception cref="StoreException">As for <see cref="DeferAsync"/>.</exception>
    ValueTask<CompletionOutcome> CompleteAsync(DbTransaction transaction, Completion completion, CancellationToken cancellationToken);
}

/// <summary>A claimed job that is completed by a transaction of its handler.</summary>
/// <param name="Job">The job.</param>
/// <param name="Handle">The store's number for it, as it came with the claim.</param>
/// <param name="Token">The claim, as it came.</param>
/// <param name="Result">Its result if no settlement brings one: empty for none.</param>
public readonly record struct Completion(JobRef Job, long Handle, ClaimToken Token, ReadOnlyMemory<byte> Result);

/// <summary>What became of a completion inside a transaction.</summary>
public enum CompletionOutcome
{
    /// <summary>It is written, and holds when the transaction commits.</summary>
    Written = 0,

    /// <summary>The claim is no longer current. The transaction must be rolled back.</summary>
    Lost = 1,

    /// <summary>Another attempt has completed the job, or this one did before. The transaction must be rolled back.</summary>
    AlreadyCompleted = 2,
}
