using System.Net;
using System.Net.Sockets;

namespace AsyncMQ.Conformance.Faults;

/// <summary>A network between a client and a server that does what networks do: it cuts, refuses, stalls, delays, and loses answers.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Lock gate = new();
    private readonly List<ProxiedConnection> connections = [];
    private readonly Task accepting;
    private volatile TaskCompletionSource? stalled;
    private ReplyTrap? trap;
    private volatile bool isRefusing;

    public TcpProxy(int target)
    {
        Target = target;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The server's port; new connections go there.</summary>
    public int Target { get; set; }

    /// <summary>How long every piece takes on its way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The most bytes of a request that go on at once, each piece a moment after the one before; null: as many as came.</summary>
    public int? PieceOfRequest { get; set; }

    /// <summary>How many connections were made through it.</summary>
    public int Accepted { get; private set; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Ends all connections at once, as a reset. New ones are let through.</summary>
    public void Cut()
    {
        ProxiedConnection[] cut;
        lock (gate)
        {
            cut = [.. connections];
            connections.Clear();
        }

        foreach (ProxiedConnection connection in cut)
            connection.Abort();
    }

    /// <summary>Ends all connections, and every new one at once, until <see cref="Heal"/>.</summary>
    public void Refuse()
    {
        isRefusing = true;
        Cut();
    }

    /// <summary>Holds everything that is on its way, in both directions, until <see cref="Heal"/>.</summary>
    public void Stall() => stalled ??= new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The connections that are there fall silent for good, and nobody is told; new ones are let through.</summary>
    public void Hang() => Hang(static _ => true);

    /// <summary>The same of some: by the port from which the server sees them come.</summary>
    public void Hang(Func<int, bool> which)
    {
        lock (gate)
        {
            foreach (ProxiedConnection connection in connections.Where(connection => which(connection.ServerSeesPort)))
                connection.Hang();
        }
    }

    /// <summary>All is well again. What was stalled arrives.</summary>
    public void Heal()
    {
        isRefusing = false;
        Delay = TimeSpan.Zero;
        TaskCompletionSource? waiting = stalled;
        stalled = null;
        waiting?.SetResult();
    }

    /// <summary>The answer to the next request that has these bytes gets lost, or a part of it, and its connection with it. The server has done what was asked.</summary>
    /// <param name="mark">Bytes of the request; none: any.</param>
    /// <param name="share">Which part of the answer arrives.</param>
    public Task LoseReply(ReadOnlyMemory<byte> mark, double share = 0)
    {
        var set = new ReplyTrap(mark, share);
        Volatile.Write(ref trap, set);
        return set.Sprung;
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        Heal();
        Cut();
        await accepting;
        listener.Dispose();
    }

    /// <summary>Holds a piece up as long as is asked.</summary>
    internal async ValueTask PassAsync()
    {
        if (Delay > TimeSpan.Zero)
            await Task.Delay(Delay);
        while (stalled is { } waiting)
            await waiting.Task;
    }

    /// <summary>The trap that a request walks into, once.</summary>
    internal ReplyTrap? Spring(ReadOnlySpan<byte> request)
    {
        ReplyTrap? set = Volatile.Read(ref trap);
        return set is not null && set.Catches(request) && Interlocked.CompareExchange(ref trap, null, set) == set ? set : null;
    }

    internal void Forget(ProxiedConnection connection)
    {
        lock (gate)
            connections.Remove(connection);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }

            var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var connection = new ProxiedConnection(this, client, server);
            try
            {
                if (isRefusing)
                    throw new SocketException((int)SocketError.ConnectionRefused);
                await server.ConnectAsync(IPAddress.Loopback, Target);
            }
            catch (SocketException)
            {
                connection.Abort();
                continue;
            }

            lock (gate)
                connections.Add(connection);
            Accepted++;
            if (isRefusing)
                Cut();
            connection.Run();
        }
    }
}
