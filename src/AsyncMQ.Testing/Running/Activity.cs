namespace AsyncMQ.Testing.Running;

/// <summary>Counts whatever happens in a host, so that "nothing has changed" is a comparison of two numbers.</summary>
internal sealed class Activity
{
    private long count;

    public long Count => Interlocked.Read(ref count);

    public void Note() => Interlocked.Increment(ref count);
}
