namespace AsyncMQ;

/// <summary>The name of a job: ids are unique within their queue. Compared ordinally, case-sensitive.</summary>
/// <param name="Queue">The queue the job belongs to.</param>
/// <param name="Id">The job's id, generated or custom.</param>
public readonly record struct JobRef(string Queue, string Id)
{
    /// <summary>The queue and the id, for people to read: <c>queue/id</c>.</summary>
    public override string ToString() => $"{Queue}/{Id}";
}
