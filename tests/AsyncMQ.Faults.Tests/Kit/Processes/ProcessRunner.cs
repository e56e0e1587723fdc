namespace AsyncMQ.Faults.Kit;

/// <summary>Starts processes, and leaves none behind.</summary>
internal sealed class ProcessRunner : IDisposable
{
    private readonly List<ChildProcess> started = [];

    /// <summary>Everything that was started, the dead included.</summary>
    public IReadOnlyList<ChildProcess> Started => started;

    public ChildProcess Start(string name, string program, IEnumerable<string> arguments)
    {
        var process = new ChildProcess(name, program, arguments);
        started.Add(process);
        return process;
    }

    public void Dispose() => started.ForEach(process => process.Dispose());
}
