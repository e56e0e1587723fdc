using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AsyncMQ.Queues;

namespace AsyncMQ.Testing;

/// <content>Looking at what was added, and at what became of it.</content>
public sealed partial class AsyncMQTestHost
{
    /// <summary>
    /// The jobs that were added, through any client of the host, in order; also those that are gone. An add that stored nothing (a duplicate, one suppressed
    /// by deduplication) is not among them: its handle's <see cref="JobHandle.Outcome"/> tells.
    /// </summary>
    public IReadOnlyList<JobAdded> Added => store.Added;

    /// <summary>The jobs of one type that were added, in order, as values.</summary>
    /// <typeparam name="TJob">The job's type.</typeparam>
    /// <exception cref="ArgumentException">The type has no <see cref="JobAttribute"/>.</exception>
    public IReadOnlyList<TJob> GetAdded<TJob>()
        where TJob : IJob
    {
        string name = JobFactory.AttributeOf(typeof(TJob)).Name;
        JsonTypeInfo<TJob> type = client.Parts.Json.TypeInfo<TJob>();
        return [.. Added.Where(job => job.Name == name).Select(job => JsonSerializer.Deserialize(job.Args.Utf8.Length == 0 ? "{}"u8 : job.Args.Utf8.Span, type)!)];
    }

    /// <summary>A job with everything that is kept of it; null when there is none of that name.</summary>
    /// <param name="job">Queue and id, as a handle's <see cref="JobHandle.Ref"/>.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    public Task<JobInfo?> GetJobAsync(JobRef job, CancellationToken cancellationToken = default) =>
        client.GetQueue(job.Queue).GetJobAsync(job.Id, cancellationToken);
}
