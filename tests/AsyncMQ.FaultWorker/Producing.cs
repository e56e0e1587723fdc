using AsyncMQ.Faults.Kit;

namespace AsyncMQ.FaultWorker;

/// <summary>Adds <c>job-0</c> and on, alone and in groups; each is written down once its add was acknowledged. Begins where its killed forerunner was.</summary>
internal sealed class Producing(WorkerArguments arguments, JobLedger ledger)
{
    private const int LargestGroup = 40;
    private readonly Random random = new(arguments.Seed);

    public async Task RunAsync(IJobQueue queue)
    {
        var acknowledged = LedgerReader.ReadAll(arguments.Ledger).Where(line => line.Phase == LedgerPhase.Acked).Select(line => line.Id).ToHashSet();
        string[] missing = [.. Enumerable.Range(0, arguments.Count).Select(number => $"job-{number}").Where(id => !acknowledged.Contains(id))];
        for (int from = 0, size; from < missing.Length; from += size)
        {
            size = Math.Min(random.Next(1, LargestGroup + 1), missing.Length - from);
            string[] ids = missing[from..(from + size)];
            if (random.Next(2) == 0)
                await queue.AddBulkAsync([.. ids.Select(id => JobSpec.Of("work", options: new() { JobId = id }))]);
            else
                await Task.WhenAll(ids.Select(id => queue.AddAsync("work", options: new() { JobId = id })));
            ledger.Write([.. ids.Select(id => new LedgerLine(id, 0, LedgerPhase.Acked, Environment.ProcessId, LedgerLine.None, TimeProvider.System.GetTimestamp()))]);
            await Task.Delay(random.Next(arguments.Pause.From, arguments.Pause.To + 1));
        }
    }
}
