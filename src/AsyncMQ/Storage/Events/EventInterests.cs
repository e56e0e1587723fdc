namespace AsyncMQ.Storage;

/// <summary>What all subscribers together want to hear: the rule for what a store writes into its journal. Unchanging.</summary>
public sealed class EventInterests
{
    private readonly EventInterest[] wide;
    private readonly Dictionary<JobRef, JobEventKinds> ofJobs = [];
    private readonly JobEventKinds kinds;

    /// <summary>Joins the interests of all subscribers.</summary>
    public EventInterests(IEnumerable<EventInterest> interests)
    {
        ArgumentNullException.ThrowIfNull(interests);
        var others = new HashSet<EventInterest>();
        foreach (EventInterest interest in interests)
        {
            kinds |= interest.Kinds;
            if (interest is { Queue: { } queue, Id: { } id })
                ofJobs[new(queue, id)] = ofJobs.GetValueOrDefault(new(queue, id)) | interest.Kinds;
            else
                others.Add(interest);
        }

        wide = [.. others];
    }

    /// <summary>Nobody wants anything.</summary>
    public static EventInterests None { get; } = new([]);

    /// <summary>Whether anybody wants some event of these kinds.</summary>
    public bool IncludesAny(JobEventKinds some) => (kinds & some) != 0;

    /// <summary>Whether somebody wants this.</summary>
    /// <param name="kind">The kind of event.</param>
    /// <param name="queue">Its queue; null: none.</param>
    /// <param name="id">Its job; null: none.</param>
    public bool Include(JobEventKinds kind, string? queue, string? id)
    {
        if ((kinds & kind) == 0)
            return false;

        foreach (EventInterest interest in wide)
        {
            if ((interest.Kinds & kind) != 0 && (interest.Queue is null || interest.Queue == queue) && (interest.Id is null || interest.Id == id))
                return true;
        }

        return queue is not null && id is not null && ofJobs.Count > 0 && (ofJobs.GetValueOrDefault(new(queue, id)) & kind) != 0;
    }
}
