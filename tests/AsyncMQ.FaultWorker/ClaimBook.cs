using System.Collections.Concurrent;
using AsyncMQ.Storage;

namespace AsyncMQ.FaultWorker;

/// <summary>Tells a handler the claim that it runs under, which the library keeps to itself.</summary>
internal sealed class ClaimBook
{
    private readonly ConcurrentDictionary<(string Id, int Attempt, int Stalls), string> names = [];

    public static string Name(ClaimToken token) => $"{token.Session.ToString()[..12]}-{token.Lane}-{token.Sequence}";

    public void Keep(ClaimedJob job) => names[(job.Ref.Id, job.Attempt, job.Stalls)] = Name(job.Token);

    public string Take(JobContext context) =>
        names.TryRemove((context.Id, context.Attempt, context.Stalls), out string? name) ? name : throw new InvalidOperationException($"{context.Ref} runs without a claim.");
}
