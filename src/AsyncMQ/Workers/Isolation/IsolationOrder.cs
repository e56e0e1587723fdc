namespace AsyncMQ.Workers;

/// <summary>What a process of isolated jobs is told by the one that starts it, in an environment variable.</summary>
/// <param name="EndPoint">Where to connect.</param>
/// <param name="Secret">What to say first, so that nobody else is taken for it.</param>
/// <param name="Installation">Whose jobs: the name given to <c>AddAsyncMQ</c>, or empty.</param>
/// <param name="Job">The first job's name: of several hosts in a program, the first that has its handler is meant.</param>
internal sealed record IsolationOrder(string EndPoint, string Secret, string Installation, string Job)
{
    public const string Variable = "ASYNCMQ_ISOLATED";
    private const string Version = "1";

    /// <summary>Paths and names have no line ends.</summary>
    public override string ToString() => string.Join('\n', Version, EndPoint, Secret, Job, Installation);

    /// <summary>Null when there is none.</summary>
    /// <exception cref="InvalidOperationException">The text is not an order.</exception>
    public static IsolationOrder? Parse(string? text) => text?.Split('\n', 5) switch
    {
        null or [""] => null,
        [Version, { Length: > 0 } endPoint, { Length: > 0 } secret, { Length: > 0 } job, var installation] => new(endPoint, secret, installation, job),
        _ => throw new InvalidOperationException(
            $"The environment variable {Variable} has a value that this program does not understand. AsyncMQ sets it for processes of isolated jobs; do not set it, "
            + "and restart a program whose files were replaced while it ran."),
    };
}
