namespace AsyncMQ.Faults.Kit;

/// <summary>What the store says of a job when all is over.</summary>
/// <param name="State">Its state.</param>
/// <param name="Token">The claim whose result it bears; null: it bears none.</param>
internal readonly record struct JobEnd(JobState State, string? Token)
{
    /// <summary>When it was added, by the store's clock.</summary>
    public DateTimeOffset AddedAt { get; init; }

    /// <summary>When it ended, by the store's clock.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The type of its error.</summary>
    public string? Error { get; init; }

    /// <summary>What its dependencies handed to the run that completed it: <c>id=token</c> or <c>id=state</c>, with commas.</summary>
    public string? Given { get; init; }

    public static JobEnd Of(JobInfo job)
    {
        string[] result = job.Result.HasValue ? job.Result.Get<string>()!.Split('|') : [];
        return new(job.State, result.ElementAtOrDefault(0))
        {
            AddedAt = job.AddedAt,
            FinishedAt = job.FinishedAt,
            Error = job.Error?.Type,
            Given = result.ElementAtOrDefault(1),
        };
    }
}
