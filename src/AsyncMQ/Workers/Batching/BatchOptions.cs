namespace AsyncMQ;

/// <summary>How jobs of one name are gathered and run as batches, with what holds for each job of them.</summary>
public sealed class BatchOptions : HandlerOptions
{
    internal const int MostJobs = 10_000;

    /// <summary>
    /// The most jobs of a batch, 1 to 10 000; 100 by default. Each job takes a slot of its worker while it waits for others and while it runs: a batch holds
    /// at most as many as the worker's <see cref="WorkerOptions.Concurrency"/>, which is 16 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public int Size
    {
        get;
        set => field = value is >= 1 and <= MostJobs
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"A batch's Size must be 1 to 10 000, but was {value}.");
    } = 100;

    /// <summary>How long the first job of a batch waits for others, 1 ms to 1 h; 200 ms by default. A full batch does not wait, nor does one of a worker that stops.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public TimeSpan Wait
    {
        get;
        set => field = value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"A batch's Wait must be 1 ms to 1 h, but was {value}.");
    } = TimeSpan.FromMilliseconds(200);
}
