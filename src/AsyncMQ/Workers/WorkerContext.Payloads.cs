using AsyncMQ.Jobs;
using AsyncMQ.Queues;
using AsyncMQ.Storage;

namespace AsyncMQ.Workers;

/// <content>What stands between the payloads of jobs that run and the store.</content>
internal sealed partial class WorkerContext
{
    public PayloadCodec Payloads { get; init; } = PayloadCodec.None;

    /// <summary>The arguments of a job that is to run; null: none.</summary>
    /// <exception cref="PayloadUnreadableException">They cannot be read here.</exception>
    public JobArgs? ArgsOf(ClaimedJob job)
    {
        ReadOnlyMemory<byte> payload = Payloads.Writes || SealedBytes.Are(job.Payload.Span)
            ? Payloads.Read(job.Payload, PayloadCodec.ArgumentsOf(job.Ref, job.Name))
            : job.Payload;
        return payload.Length == 0 ? null : new JobArgs(payload);
    }

    /// <summary>A result as it is stored.</summary>
    public ReadOnlyMemory<byte> Seal(ClaimedJob job, ReadOnlyMemory<byte> result) =>
        Payloads.Writes ? Payloads.Write(result, PayloadCodec.PlaceOf(PayloadKind.Result, job.Ref, job.Name)) : result;

    /// <summary>A text as it is stored.</summary>
    public string Seal(ClaimedJob job, PayloadKind kind, string text) => Payloads.WriteText(text, PayloadCodec.PlaceOf(kind, job.Ref, job.Name));

    /// <summary>An error as it is stored. It never fails: the attempt has done so already, and must be settled.</summary>
    public ReadOnlyMemory<byte> Pack(ClaimedJob job, JobError error)
    {
        try
        {
            return Payloads.Write(error.Pack(), PayloadCodec.PlaceOf(PayloadKind.Error, job.Ref, job.Name));
        }
        catch (Exception e)
        {
            return new JobError(error.Type, $"What it said could not be written: a payload transform failed ({e.GetType().Name}).", null).Pack();
        }
    }
}
