using System.Security.Cryptography;
using System.Text;
using AsyncMQ.Storage;
using Npgsql;

namespace AsyncMQ.Postgres.Connecting;

/// <summary>
/// What the functions tell with NOTIFY, passed on to whoever watches in this process. One connection listens, from when the first one begins to watch; it
/// comes back by itself, and then says that something may have changed.
/// </summary>
internal sealed class PostgresNews : IDisposable
{
    private const char Between = '\t';

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>A connection may fall silent without a word: after so long without news it is asked for a sign of life.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly PostgresConnections connections;
    private readonly TimeProvider time;
    private readonly StoreWatchers watchers = new();
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly string listen;
    private bool isListening;

    /// <param name="connections">The database.</param>
    /// <param name="options">The installation, and whether to listen at all.</param>
    /// <param name="time">The clock of this process.</param>
    public PostgresNews(PostgresConnections connections, PostgresStoreOptions options, TimeProvider time)
    {
        this.connections = connections;
        this.time = time;
        isListening = !options.Listens;
#pragma warning disable CA5351 // a short name for a long one, not a secret
        byte[] hash = MD5.HashData(Encoding.UTF8.GetBytes(options.Schema));
#pragma warning restore CA5351
        listen = $"LISTEN asyncmq_{Convert.ToHexStringLower(hash)}";
    }

    public IDisposable Watch(Action<StoreSignal> observer)
    {
        IDisposable watch = watchers.Add(observer);
        lock (gate)
        {
            if (!isListening)
            {
                isListening = true;
                _ = ListenAsync(TryOpen());
            }
        }

        return watch;
    }

    public void Dispose() => stopping.Cancel();

    // Who watches hears everything from the return on, so this waits for the server. Without one, a watcher polls, and is told to look anew later.
    private NpgsqlConnection? TryOpen()
    {
        NpgsqlConnection connection = connections.Source.CreateConnection();
        try
        {
            connection.Open();
            connection.Notification += OnNotification;
            using NpgsqlCommand command = new(listen, connection);
            command.ExecuteNonQuery();
            return connection;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            connection.Dispose();
            return null;
        }
    }

    private async Task ListenAsync(NpgsqlConnection? connection)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                connection ??= await ReopenAsync().ConfigureAwait(false);
                if (!await connection.WaitAsync(Silence, stopping.Token).ConfigureAwait(false))
                    await ExecuteAsync(connection, "SELECT 1").ConfigureAwait(false);
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or OperationCanceledException or IOException or ObjectDisposedException)
            {
                await CloseAsync(connection).ConfigureAwait(false);
                connection = null;
                await PauseAsync().ConfigureAwait(false);
            }
        }

        await CloseAsync(connection).ConfigureAwait(false);
    }

    // Whoever has the connection next is not to hear any of it, though connections may not be reset when they go back.
    private static async Task CloseAsync(NpgsqlConnection? connection)
    {
        if (connection is null)
            return;
        try
        {
            NpgsqlCommand command = new("UNLISTEN *", connection);
            await using var disposing = command.ConfigureAwait(false);
            await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It is broken, and is not kept.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<NpgsqlConnection> ReopenAsync()
    {
        NpgsqlConnection connection = await connections.Source.OpenConnectionAsync(stopping.Token).ConfigureAwait(false);
        try
        {
            connection.Notification += OnNotification;
            await ExecuteAsync(connection, listen).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        // What was told meanwhile nobody heard.
        watchers.Tell(new(StoreSignalKind.Changed));
        return connection;
    }

    private async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        NpgsqlCommand command = new(sql, connection);
        await using var disposing = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(stopping.Token).ConfigureAwait(false);
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(RetryAfter, time, stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The store is closed.
        }
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs happened) => watchers.Tell(StoreSignal.FromLine(happened.Payload, Between));
}
