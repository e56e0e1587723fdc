using AsyncMQ.Jobs;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <summary>Reads the payloads of a store's records. One that cannot be read here says so when it is asked for; the record itself is still shown.</summary>
internal sealed class RecordReader(JobJson json, PayloadCodec payloads)
{
    public JobArgs ArgsOf(JobRecord record) => ArgsOf(record.Payload, record.Ref, record.Name);

    public JobArgs ArgsOf(RepeatableDefinition definition, string queue, string id) =>
        Read(definition.Job.Payload, PayloadCodec.ArgumentsOfRepeatable(queue, definition.Job.Name, id));

    public JobArgs ArgsOf(ReadOnlyMemory<byte> stored, JobRef job, string name) => Read(stored, PayloadCodec.ArgumentsOf(job, name));

    public JobResult ResultOf(JobRecord record)
    {
        JobError? error = ErrorOf(record, record.Error);
        try
        {
            return new(record.Ref, record.State, payloads.Read(record.Result, PayloadCodec.PlaceOf(PayloadKind.Result, record.Ref, record.Name)), error, json);
        }
        catch (PayloadUnreadableException e)
        {
            return new(record.Ref, record.State, record.Result, error, json) { Unreadable = e };
        }
    }

    public JobError? ErrorOf(JobRecord record) => ErrorOf(record, record.Error);

    /// <param name="record">The job.</param>
    /// <param name="error">The error of it or of one of its attempts.</param>
    public JobError? ErrorOf(JobRecord record, ReadOnlyMemory<byte> error) => ErrorOf(error, record.Ref, record.Name);

    public JobError? ErrorOf(ReadOnlyMemory<byte> error, JobRef job, string name)
    {
        try
        {
            return JobError.Unpack(payloads.Read(error, PayloadCodec.PlaceOf(PayloadKind.Error, job, name)));
        }
        catch (PayloadUnreadableException e)
        {
            return new("Unreadable", e.Message, null);
        }
    }

    public JobProgress? ProgressOf(JobRecord record) => ProgressOf(record.Progress, record.Ref, record.Name);

    public JobProgress? ProgressOf(ReadOnlyMemory<byte> stored, JobRef job, string name) => JobInfoReader.ReadProgress(stored) switch
    {
        { Message: { } message } progress => progress with { Message = payloads.ReadText(message, PayloadCodec.PlaceOf(PayloadKind.Progress, job, name)) },
        var progress => progress,
    };

    public string LineOf(string stored, JobRef job, string name) => payloads.ReadText(stored, PayloadCodec.PlaceOf(PayloadKind.LogLine, job, name));

    public IReadOnlyList<JobLogLine> LogsOf(JobRecord record)
    {
        if (record.Logs.Count == 0)
            return record.Logs;

        PayloadPlace place = PayloadCodec.PlaceOf(PayloadKind.LogLine, record.Ref, record.Name);
        return [.. record.Logs.Select(line => line with { Text = payloads.ReadText(line.Text, place) })];
    }

    // Of records that were read without their arguments there is nothing to say.
    private JobArgs Read(ReadOnlyMemory<byte> stored, in PayloadPlace place)
    {
        if (stored.IsEmpty)
            return new(stored);

        try
        {
            return new(payloads.Read(stored, place));
        }
        catch (PayloadUnreadableException e)
        {
            return JobArgs.Unreadable(e);
        }
    }
}
