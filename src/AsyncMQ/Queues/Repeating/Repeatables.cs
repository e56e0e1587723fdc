using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>The repeatables of one queue: reads what is stored, decides, and writes if it is still as it was read; else once more.</summary>
internal sealed class Repeatables(JobClientParts parts, string queue)
{
    private const int MostPerPage = 1_000;
    private const int MostTries = 100;
    private readonly SealedDefinitions definitions = new(parts.Payloads, queue);

    public async Task<DateTimeOffset?> UpsertAsync(string id, Schedule schedule, JobTemplate job, bool? paused, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            ScheduleRecord? stored = await FindAsync(id, cancellationToken).ConfigureAwait(false);
            if (Upsert.Of(schedule, job, paused, definitions.Open(stored), await NowAsync(cancellationToken).ConfigureAwait(false)) is not { } upsert)
                return stored!.Next;

            ReadOnlyMemory<byte> definition = definitions.Seal(id, upsert.Definition);
            ScheduleReply reply = await parts.ChangeAsync(
                (store, step, token) => store.UpsertScheduleAsync(
                    new() { Step = step, Queue = queue, Id = id, Expected = stored?.Revision, Definition = definition, Next = upsert.Next, Paused = paused }, token),
                cancellationToken).ConfigureAwait(false);
            if (IsDone(reply, id, tries))
                return upsert.Next;
        }
    }

    public async Task<bool> ResumeAsync(string id, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } stored)
                return false;
            if (!stored.IsPaused)
                return true;

            DateTimeOffset? next = Read(stored).NextAfter(await NowAsync(cancellationToken).ConfigureAwait(false), stored.Runs);
            ScheduleReply reply = await ChangeAsync(id, new ScheduleCommand.Resume(stored.Revision, next), cancellationToken).ConfigureAwait(false);
            if (reply.Outcome == ScheduleOutcome.NotFound)
                return false;
            if (IsDone(reply, id, tries))
                return true;
        }
    }

    /// <summary>A command that asks for nothing to be known: it is done, or there is no such repeatable.</summary>
    public async Task<bool> DoAsync(string id, ScheduleCommand command, CancellationToken cancellationToken)
    {
        ScheduleReply reply = await ChangeAsync(id, command, cancellationToken).ConfigureAwait(false);
        return reply.Outcome != ScheduleOutcome.NotFound && IsDone(reply, id, MostTries);
    }

    /// <summary>Adds a job by hand; null when there is no such repeatable.</summary>
    /// <returns>The id given to the job, and that of the job which stands for it.</returns>
    public async Task<(string Given, string Stands)?> TriggerAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } stored)
            return null;

        RepeatableDefinition definition = Read(stored);
        DateTimeOffset now = await NowAsync(cancellationToken).ConfigureAwait(false);
        string given = OccurrenceIds.OfTrigger(id, now, parts.Seams.Random.NextInt64());
        NewJob job = definition.Job.ToJob(new(queue, given), parts.Seams.Random.NextInt64(), TimeSpan.Zero);
        ScheduleReply reply = await ChangeAsync(id, new ScheduleCommand.Trigger(job), cancellationToken).ConfigureAwait(false);
        return reply.Outcome == ScheduleOutcome.NotFound || !IsDone(reply, id, MostTries) ? null : (given, reply.JobId ?? given);
    }

    public async Task<RepeatableInfo?> GetAsync(string id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } stored ? RepeatableInfoReader.Read(stored, parts.Records) : null;

    public async Task<IReadOnlyList<RepeatableInfo>> ListAsync(CancellationToken cancellationToken)
    {
        var all = new List<RepeatableInfo>();
        IReadOnlyList<ScheduleRecord> page;
        do
        {
            string? after = all.Count == 0 ? null : all[^1].Id;
            page = await parts.ReadAsync((store, token) => store.SchedulesAsync(queue, after, MostPerPage, token), cancellationToken).ConfigureAwait(false);
            all.AddRange(page.Select(stored => RepeatableInfoReader.Read(stored, parts.Records)));
        }
        while (page.Count == MostPerPage);

        return all;
    }

    public async Task<IReadOnlyList<RepeatableRun>> HistoryAsync(string id, int take, CancellationToken cancellationToken)
    {
        if (take is < 1 or > OccurrenceRecord.MostKept)
            throw new ArgumentOutOfRangeException(nameof(take), take, $"Take must be 1 to {OccurrenceRecord.MostKept}, but was {take}.");

        IReadOnlyList<OccurrenceRecord> kept =
            await parts.ReadAsync((store, token) => store.OccurrencesAsync(queue, id, take, token), cancellationToken).ConfigureAwait(false);
        return [.. kept.Select(run => new RepeatableRun(run.DueAt, run.At, run.Outcome, run.JobId))];
    }

    private Task<ScheduleRecord?> FindAsync(string id, CancellationToken cancellationToken) =>
        parts.ReadAsync((store, token) => store.FindScheduleAsync(queue, id, token), cancellationToken);

    private Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) =>
        parts.ReadAsync((store, token) => store.GetTimeAsync(token), cancellationToken);

    private Task<ScheduleReply> ChangeAsync(string id, ScheduleCommand command, CancellationToken cancellationToken) =>
        parts.ChangeAsync((store, step, token) => store.ChangeScheduleAsync(new(step, queue, id, command), token), cancellationToken);

    // False: it was changed between the look and the step.
    private bool IsDone(ScheduleReply reply, string id, int tries) => reply.Outcome switch
    {
        ScheduleOutcome.Done => true,
        ScheduleOutcome.QueueClosed =>
            throw new AddRefusedException($"Queue '{queue}' is being obliterated; repeatable '{id}' was not changed. Try again when that is done."),
        _ when tries < MostTries => false,
        _ => throw new StoreException($"Repeatable '{id}' of queue '{queue}' is changed by others again and again; it was not changed. Try again."),
    };

    private RepeatableDefinition Read(ScheduleRecord stored) =>
        RepeatableDefinition.Read(stored.Definition, out string? error)
        ?? throw new InvalidOperationException($"Repeatable '{stored.Id}' of queue '{queue}' cannot be used: {error}. Upsert it anew, or remove it.");
}
