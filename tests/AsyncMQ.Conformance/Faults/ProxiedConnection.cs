using System.Net;
using System.Net.Sockets;

namespace AsyncMQ.Conformance.Faults;

/// <summary>One connection through the proxy: what comes in on one side goes out on the other.</summary>
public sealed class ProxiedConnection(TcpProxy proxy, Socket client, Socket server)
{
    private volatile ReplyTrap? sprung;
    private volatile bool hangs;

    /// <summary>Where the server sees it come from.</summary>
    public int ServerSeesPort { get; private set; }

    public void Run()
    {
        try
        {
            ServerSeesPort = ((IPEndPoint)server.LocalEndPoint!).Port;
            client.NoDelay = true;
        }
        catch (ObjectDisposedException)
        {
            // It was cut before it began: the proxy goes on with others.
            proxy.Forget(this);
            return;
        }

        _ = ForwardAsync(client, server, isRequest: true);
        _ = ForwardAsync(server, client, isRequest: false);
    }

    /// <summary>Nothing arrives any more, in either direction.</summary>
    public void Hang() => hangs = true;

    /// <summary>Ends both sides with a reset.</summary>
    public void Abort()
    {
        foreach (Socket socket in (Socket[])[client, server])
        {
            try
            {
                socket.LingerState = new(enable: true, seconds: 0);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // It was gone already.
            }

            socket.Dispose();
        }
    }

    private async Task ForwardAsync(Socket from, Socket to, bool isRequest)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
            {
                if (isRequest)
                    sprung ??= proxy.Spring(buffer.AsSpan(0, count));
                await proxy.PassAsync();
                if (hangs)
                    continue;
                if (!isRequest && sprung is { } trap)
                {
                    await SendAsync(to, buffer.AsMemory(0, (int)(count * trap.Share)));
                    trap.Tell();
                    break;
                }

                await SendInPiecesAsync(to, buffer.AsMemory(0, count), isRequest ? proxy.PieceOfRequest ?? count : count);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One side is gone; the other follows.
        }

        client.Dispose();
        server.Dispose();
        proxy.Forget(this);
    }

    private static async Task SendInPiecesAsync(Socket to, ReadOnlyMemory<byte> bytes, int piece)
    {
        for (; bytes.Length > piece; bytes = bytes[piece..])
        {
            await SendAsync(to, bytes[..piece]);
            await Task.Delay(1);
        }

        await SendAsync(to, bytes);
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await to.SendAsync(bytes)..];
    }
}
