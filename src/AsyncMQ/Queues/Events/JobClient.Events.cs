using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <content>Events.</content>
internal sealed partial class JobClient
{
    private const int MostBuffered = 100_000;

    public async Task<JobEventStream> SubscribeAsync(JobEventFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new();
        EventInterest interest = InterestOf(filter);
        await parts.StartAsync(cancellationToken).ConfigureAwait(false);
        return await parts.Events.AddAsync(filter, interest, cancellationToken).ConfigureAwait(false);
    }

    private static EventInterest InterestOf(JobEventFilter filter)
    {
        if (filter.Buffer is < 1 or > MostBuffered)
            throw new ArgumentOutOfRangeException(nameof(filter), filter.Buffer, $"The buffer of a subscription holds 1 to {MostBuffered} events.");
        if (filter.Kinds == JobEventKinds.None || (filter.Kinds & ~JobEventKinds.All) != 0)
            throw new ArgumentException($"The filter's Kinds ({filter.Kinds}) must be one or more of the kinds there are.", nameof(filter));
        if (filter.Queue is not null)
            Names.RequireQueue(filter.Queue);
        if (filter.Job is not { } job)
            return new(filter.Kinds, filter.Queue);

        Names.RequireQueue(job.Queue);
        if (string.IsNullOrEmpty(job.Id))
            throw new ArgumentException("The filter's Job has no id.", nameof(filter));
        if (filter.Queue is not null && filter.Queue != job.Queue)
            throw new ArgumentException($"The filter's Job {job} is not of its Queue '{filter.Queue}'. Leave the queue out.", nameof(filter));
        return new(filter.Kinds, job.Queue, job.Id);
    }
}
