namespace AsyncMQ.Conformance;

/// <summary>A call that must be refused: the exception, fragments of its message that name what was wrong and what would be right, and the call.</summary>
public sealed record BadCall(string Name, Type Exception, string[] Says, Func<AsyncMQHost, Task> Call)
{
    /// <summary>Stands in payloads of bad calls; no error may show it.</summary>
    public const string Secret = "s3cr3t";

    public static BadCall Argument(string name, Func<AsyncMQHost, Task> call, params string[] says) => new(name, typeof(ArgumentException), says, call);

    public static BadCall OutOfRange(string name, Func<AsyncMQHost, Task> call, params string[] says) => new(name, typeof(ArgumentOutOfRangeException), says, call);

    public static BadCall Null(string name, Func<AsyncMQHost, Task> call) => new(name, typeof(ArgumentNullException), [], call);

    public static BadCall TooLarge(string name, Func<AsyncMQHost, Task> call, params string[] says) => new(name, typeof(PayloadTooLargeException), says, call);

    public static BadCall Invalid(string name, Func<AsyncMQHost, Task> call, params string[] says) => new(name, typeof(InvalidOperationException), says, call);

    /// <summary>The names of a table's cases, for a theory.</summary>
    public static TheoryData<string> NamesOf(IReadOnlyList<BadCall> calls)
    {
        Assert.Equal(calls.Count, calls.DistinctBy(call => call.Name).Count());
        return [.. calls.Select(call => call.Name)];
    }
}
