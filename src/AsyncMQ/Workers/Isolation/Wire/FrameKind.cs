namespace AsyncMQ.Workers;

/// <summary>What a frame between a worker's process and a process of isolated jobs says. The numbers are the protocol.</summary>
internal enum FrameKind : byte
{
    /// <summary>To the child: run this job.</summary>
    Job = 1,

    /// <summary>To the child: fire the token of the job.</summary>
    Cancel = 2,

    /// <summary>To the child: a call of its handler is answered.</summary>
    Answer = 3,

    /// <summary>To the child: one dependency; comes before the answer of the call that asked.</summary>
    Dependency = 4,

    /// <summary>To the child: there are no more jobs.</summary>
    Stop = 5,

    /// <summary>From the child: it is ready.</summary>
    Hello = 16,

    /// <summary>From the child: it has the job.</summary>
    Started = 17,

    /// <summary>From the child: the job's result.</summary>
    Completed = 18,

    /// <summary>From the child: the job's error.</summary>
    Failed = 19,

    /// <summary>From the child, a call: store the progress.</summary>
    Progress = 20,

    /// <summary>From the child, a call: store a line.</summary>
    Line = 21,

    /// <summary>From the child, a call: what have the dependencies come to.</summary>
    AskDependencies = 22,

    /// <summary>From the child, a call: which flow is it.</summary>
    AskFlow = 23,
}

/// <summary>One message.</summary>
internal readonly record struct Frame(FrameKind Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>A reader of what it says.</summary>
    public FrameReader Read() => new(Body);
}
