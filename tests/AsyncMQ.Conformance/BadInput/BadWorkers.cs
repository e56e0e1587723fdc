using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Calls about workers that must be refused.</summary>
public static class BadWorkers
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private static readonly string[] NoIds =
    [
        "", " ", "box:7", "0123", Id + "0", Id[1..], $" {Id}", "01234567-89ab-cdef-0123-456789abcdef", "{01234567-89ab-cdef-0123-456789abcdef}",
        "0123456789abcdef0123456789abcdeg", "\u0000\u202E", new string('x', 100_000),
    ];

    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        .. NoIds.SelectMany((id, i) => Calls.Where(call => call.TakesId).Select(call =>
            Argument($"{call.What} of worker {i} that is none", mq => call.Do(mq.Client, id, default), "32 hexadecimal digits", "WorkerInfo.Id"))),
        .. Calls.Where(call => call.TakesId).Select(call => Null($"{call.What} of no worker", mq => call.Do(mq.Client, null!, default))),
        .. Calls.Select(call => new BadCall($"{call.What} with a cancelled token", typeof(OperationCanceledException), [], mq => call.Do(mq.Client, Id, new(canceled: true)))),
        .. Calls.Select(call => new BadCall($"{call.What} after dispose", typeof(ObjectDisposedException), [], mq => AfterDispose(mq, call.Do))),
        .. new[] { "", " 1", "1\n", new string('1', 129) }.Select((version, i) =>
            Argument($"version {i} that is none", _ => AsyncMQHost.Create(mq => mq.UseInMemory().Configure(options => options.Version = version)).DisposeAsync().AsTask(), "A version must")),
    ];

    private static IEnumerable<(string What, bool TakesId, Func<IJobClient, string, CancellationToken, Task> Do)> Calls =>
    [
        ("a list of workers", false, (client, _, token) => client.GetWorkersAsync(token)),
        ("the jobs", true, (client, id, token) => client.GetWorkerJobsAsync(id, token)),
        ("quieting", true, (client, id, token) => client.QuietWorkerAsync(id, token)),
        ("resuming", true, (client, id, token) => client.ResumeWorkerAsync(id, token)),
    ];

    private static async Task AfterDispose(AsyncMQHost mq, Func<IJobClient, string, CancellationToken, Task> call)
    {
        IJobClient client = mq.Client;
        await mq.DisposeAsync();
        await call(client, Id, default);
    }
}
