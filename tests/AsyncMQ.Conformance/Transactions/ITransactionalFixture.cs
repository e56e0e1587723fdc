using System.Data.Common;

namespace AsyncMQ.Conformance.Transactions;

/// <summary>Where stores come from that offer <see cref="ITransactionalStore"/>, and the user's connections to their databases.</summary>
public interface ITransactionalFixture : IStoreFixture
{
    /// <summary>Whether others may write, steps of the store among them, while a transaction of the user's that has written is open.</summary>
    bool OthersMayWrite { get; }

    /// <summary>An open connection of the user's on the store's own database. The suite disposes it.</summary>
    Task<DbConnection> ConnectAsync(IJobStore store);

    /// <summary>An open connection, as the store's own ones are, on a database that has nothing of the store. The suite disposes it.</summary>
    Task<DbConnection> ConnectElsewhereAsync(IJobStore store);
}
