namespace AsyncMQ.Faults.Kit;

/// <summary>One SQLite file.</summary>
internal sealed class SqliteFaultStore(string path) : FaultStore
{
    public override string Told => path;

    // One stopped in the middle of a commit would hold the file's only lock.
    public override bool MayStandStill() => StoreFile.CanWrite(path);

    public override Task<IReadOnlyList<string>> CheckAsync() => Task.FromResult<IReadOnlyList<string>>([.. StoreFile.Check(path)]);

    // The file goes with the lab's directory, or is kept with it.
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
