using System.Net.Sockets;

namespace AsyncMQ.Workers;

/// <summary>
/// Where a worker's process and one of its children meet: a Unix socket. On Linux it has a name without a file, so that nothing is left behind; elsewhere a
/// file in the temporary directory, removed as soon as the child has come.
/// </summary>
internal static class LocalEndPoint
{
    private const char WithoutFile = '@';

    public static string Choose(string name) =>
        OperatingSystem.IsLinux() ? $"{WithoutFile}asyncmq-{name}" : Path.Combine(Path.GetTempPath(), $"amq-{name[..16]}");

    public static Socket Listen(string endPoint)
    {
        Socket socket = Make();
        try
        {
            socket.Bind(Address(endPoint));
            socket.Listen(4);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static Socket Connect(string endPoint)
    {
        Socket socket = Make();
        try
        {
            socket.Connect(Address(endPoint));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Removes what is left of it in the file system.</summary>
    public static void Remove(string endPoint)
    {
        if (endPoint[0] != WithoutFile)
            File.Delete(endPoint);
    }

    private static Socket Make() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static UnixDomainSocketEndPoint Address(string endPoint) => new(endPoint[0] == WithoutFile ? '\0' + endPoint[1..] : endPoint);
}
