using System.ComponentModel;
using System.Net.Sockets;
using System.Security.Cryptography;
using AsyncMQ.Diagnostics;

namespace AsyncMQ.Workers;

/// <summary>Starts a process and waits until it can run jobs.</summary>
internal static class ProcessStart
{
    private static readonly TimeSpan LongestHello = TimeSpan.FromSeconds(5);

    /// <exception cref="IsolatedFailure">It did not start, or ended or was killed before it was ready.</exception>
    /// <exception cref="OperationCanceledException">The token fired first.</exception>
    public static async Task<IsolatedProcess> RunAsync(IsolationParts parts, Isolation isolation, string job, CancellationToken cancellationToken)
    {
        // Not from the seam, whose numbers may be foretold: whoever knows them could pass for the child.
        var order = new IsolationOrder(
            LocalEndPoint.Choose(RandomNumberGenerator.GetHexString(32, lowercase: true)), RandomNumberGenerator.GetHexString(32), parts.Installation, job);
        using Socket listener = LocalEndPoint.Listen(order.EndPoint);
        try
        {
            ChildProgram child = Start(parts, isolation, order);
            try
            {
                FrameChannel channel = await MeetAsync(parts, isolation, child, new(listener, order), cancellationToken).ConfigureAwait(false);
                Log.IsolatedProcessStarted(parts.Logger, child.Pid, job);
                return new(parts, isolation, child, channel);
            }
            catch
            {
                child.Kill();
                throw;
            }
        }
        finally
        {
            LocalEndPoint.Remove(order.EndPoint);
        }
    }

    private static ChildProgram Start(IsolationParts parts, Isolation isolation, IsolationOrder order)
    {
        try
        {
            return new(ThisProgram.Again(isolation, order), parts.Seams);
        }
        catch (Win32Exception e)
        {
            throw new IsolatedFailure(new(IsolatedFailure.ProcessLost, $"The process for the job could not be started: {e.Message}", e.ToString()));
        }
    }

    private static async Task<FrameChannel> MeetAsync(
        IsolationParts parts, Isolation isolation, ChildProgram child, (Socket Listener, IsolationOrder Order) place, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(isolation.StartTimeout, parts.Seams.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        Task<FrameChannel> greeting = GreetAsync(parts, child, place.Listener, place.Order, either.Token);
        await Task.WhenAny(greeting, child.Ended).ConfigureAwait(false);
        if (!greeting.IsCompleted)
            await parts.Seams.Scheduler.Cancel(either).ConfigureAwait(false);
        try
        {
            return await greeting.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (child.Ended.IsCompleted)
        {
            throw Lost($"The process for the job was not ready yet when {await child.Ended.ConfigureAwait(false)}.", child);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Lost(
                $"The process for the job was not ready within {isolation.StartTimeout.TotalSeconds:0.#} s and was killed: the program must come to AddAsyncMQ and the "
                + "start of its host, to AsyncMQHost.Create or to AsyncMQHost.RunIsolatedJobsIfAsked, with a handler for the job.", child);
        }
    }

    // Whoever does not know the secret is not the child.
    private static async Task<FrameChannel> GreetAsync(IsolationParts parts, ChildProgram child, Socket listener, IsolationOrder order, CancellationToken cancellationToken)
    {
        while (true)
        {
            Socket socket = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            var channel = new FrameChannel(new NetworkStream(socket, ownsSocket: true), parts.MaxPayloadBytes + FrameChannel.Overhead);
            try
            {
                Task<Frame?> reading = channel.ReadAsync(cancellationToken).AsTask();
                Frame? hello = await reading.WaitAsync(LongestHello, parts.Seams.Time, cancellationToken).ConfigureAwait(false);
                if (hello is { Kind: FrameKind.Hello } && Understands(hello.Value.Read(), order, child))
                    return channel;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or TimeoutException)
            {
            }
            catch
            {
                channel.Dispose();
                throw;
            }

            channel.Dispose();
        }
    }

    private static bool Understands(FrameReader hello, IsolationOrder order, ChildProgram child)
    {
        if (hello.Text() != order.Secret)
            return false;
        if (hello.Int() != 0)
            child.Leads();
        return true;
    }

    private static IsolatedFailure Lost(string why, ChildProgram child) => new(new(IsolatedFailure.ProcessLost, why, child.Errors));
}
