using System.Data.Common;

namespace AsyncMQ.Conformance.Transactions;

/// <summary>Drives a store from inside transactions of the user's.</summary>
internal static class Transacting
{
    /// <summary>Does something inside a transaction that commits, or not.</summary>
    public static async Task Transact(
        this ITransactionalFixture fixture, StoreDriver store, Func<DbTransaction, Task> work, bool commits = true)
    {
        await using DbConnection connection = await fixture.ConnectAsync(store.Store);
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        await work(transaction);
        if (commits)
            await transaction.CommitAsync();
        else
            await transaction.RollbackAsync();
    }

    /// <summary>Defers each of these as a group of its own, in one transaction that commits.</summary>
    public static Task Defer(this ITransactionalFixture fixture, StoreDriver store, params NewJob[] jobs) =>
        fixture.DeferGroups(store, [.. jobs.Select(job => new AddGroup([job]))]);

    /// <summary>Defers groups in one transaction that commits.</summary>
    public static Task DeferGroups(this ITransactionalFixture fixture, StoreDriver store, params AddGroup[] groups) =>
        fixture.Transact(store, async transaction =>
        {
            foreach (AddGroup group in groups)
                await store.Defer(transaction, group);
        });

    public static Task Defer(this StoreDriver store, DbTransaction transaction, NewJob job) => store.Defer(transaction, new AddGroup([job]));

    public static Task Defer(this StoreDriver store, DbTransaction transaction, AddGroup group) =>
        store.Transactional().DeferAsync(transaction, group, default).AsTask();

    /// <summary>Completes a claimed job in a transaction that commits, where it must be possible.</summary>
    public static Task CompleteIn(this ITransactionalFixture fixture, StoreDriver store, ClaimedJob job, string result = "") =>
        fixture.Transact(store, async transaction => Assert.Equal(CompletionOutcome.Written, await store.CompleteIn(transaction, job, result)));

    /// <summary>Asks for a completion in a transaction that is rolled back: what is the answer?</summary>
    public static async Task<CompletionOutcome> TryCompleteIn(this ITransactionalFixture fixture, StoreDriver store, ClaimedJob job)
    {
        CompletionOutcome outcome = default;
        await fixture.Transact(store, async transaction => outcome = await store.CompleteIn(transaction, job), commits: false);
        return outcome;
    }

    public static async Task<CompletionOutcome> CompleteIn(this StoreDriver store, DbTransaction transaction, ClaimedJob job, string result = "") =>
        await store.Transactional().CompleteAsync(transaction, new(job.Ref, job.Handle, job.Token, Bytes(result)), default);

    public static ITransactionalStore Transactional(this StoreDriver store) => Assert.IsAssignableFrom<ITransactionalStore>(store.Store);
}
