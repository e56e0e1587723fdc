using System.Buffers.Binary;

namespace AsyncMQ.Workers;

/// <summary>
/// Frames over a stream of bytes. The worker's side reads and writes asynchronously, the child's blocks: its reading must not depend on a thread pool that
/// a handler may have filled.
/// </summary>
/// <param name="stream">The connection.</param>
/// <param name="largest">The most bytes of a frame; one that says it is longer is none.</param>
internal sealed class FrameChannel(Stream stream, int largest) : IDisposable
{
    /// <summary>What a frame may have besides a payload: names, an error with its stack.</summary>
    public const int Overhead = 1 << 20;

    private readonly SemaphoreSlim writing = new(1, 1);

    /// <summary>The next frame; null when the other side has closed.</summary>
    /// <exception cref="InvalidDataException">What came is not a frame, or its end is missing.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        byte[] header = new byte[FrameWriter.HeaderBytes];
        int read = await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read == 0)
            return null;

        byte[] body = new byte[BodyLength(header, read)];
        read = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Whole(header, body, read);
    }

    /// <summary>As <see cref="ReadAsync"/>, on the calling thread.</summary>
    public Frame? Read()
    {
        byte[] header = new byte[FrameWriter.HeaderBytes];
        int read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read == 0)
            return null;

        byte[] body = new byte[BodyLength(header, read)];
        return Whole(header, body, stream.ReadAtLeast(body, body.Length, throwOnEndOfStream: false));
    }

    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public async ValueTask WriteAsync(FrameWriter frame)
    {
        ReadOnlyMemory<byte> bytes = frame.End();
        await writing.WaitAsync().ConfigureAwait(false);
        try
        {
            await stream.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>As <see cref="WriteAsync"/>, on the calling thread.</summary>
    public void Write(FrameWriter frame)
    {
        ReadOnlyMemory<byte> bytes = frame.End();
        writing.Wait();
        try
        {
            stream.Write(bytes.Span);
        }
        finally
        {
            writing.Release();
        }
    }

    // Not the semaphore: writers may be waiting for their turn, and learn from the stream that it is closed.
    public void Dispose() => stream.Dispose();

    private int BodyLength(byte[] header, int read)
    {
        if (read < header.Length)
            throw new InvalidDataException("A frame ends in its header.");
        int length = BinaryPrimitives.ReadInt32LittleEndian(header) - 1;
        return length >= 0 && length <= largest && Enum.IsDefined((FrameKind)header[4])
            ? length
            : throw new InvalidDataException($"Bytes came that are no frame (length {length}, kind {header[4]}).");
    }

    private static Frame Whole(byte[] header, byte[] body, int read) =>
        read == body.Length ? new((FrameKind)header[4], body) : throw new InvalidDataException("A frame ends before its length.");
}
