namespace AsyncMQ.Bench.Contenders;

/// <summary>A system whose queue can be looked at and whose room can be measured: AsyncMQ itself.</summary>
internal interface IInspectedContender : IContender
{
    /// <summary>Its client.</summary>
    IJobClient Client { get; }

    /// <summary>The queue that its jobs go to.</summary>
    IJobQueue Queue { get; }

    /// <summary>The bytes of its files; 0: it has none.</summary>
    long FileBytes { get; }

    /// <summary>This program's arguments for a worker on the same store in another process; null: a store that processes cannot share.</summary>
    IReadOnlyList<string>? WorkerArguments { get; }
}
