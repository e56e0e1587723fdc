namespace AsyncMQ.Conformance.Faults;

/// <summary>Waits for a request, to lose its answer.</summary>
/// <param name="mark">Bytes of the request; none: any.</param>
/// <param name="share">Which part of the answer arrives before the connection ends.</param>
public sealed class ReplyTrap(ReadOnlyMemory<byte> mark, double share)
{
    private readonly TaskCompletionSource sprung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public double Share => share;

    /// <summary>Ends when an answer was lost.</summary>
    public Task Sprung => sprung.Task;

    public bool Catches(ReadOnlySpan<byte> request) => request.IndexOf(mark.Span) >= 0;

    public void Tell() => sprung.TrySetResult();
}
