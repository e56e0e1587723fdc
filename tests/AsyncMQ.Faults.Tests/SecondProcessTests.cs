using System.Diagnostics;

namespace AsyncMQ.Faults.Tests;

/// <summary>SQLite has no way to notify, and still nobody has to wait for a poll.</summary>
public sealed class SecondProcessTests
{
    [Fact]
    public async Task An_idle_worker_is_woken_by_the_add_of_another_process()
    {
        await using var lab = new FaultLab(TestSeed.First);
        // A short lease: renewals and recovery steps write all the time, and must not be taken for the other process, nor cover it.
        ChildProcess worker = lab.StartWorker(new() { Handler = "0..0", Poll = TimeSpan.FromHours(1), Lease = TimeSpan.FromMilliseconds(500) });
        await FaultLab.ReadyAsync(worker);
        List<double> milliseconds = [];
        for (int i = 0; i < 40; i++)
        {
            await lab.DrainedAsync();
            await Task.Delay(lab.Random.Next(20, 300)); // the rhythm of adds, not a wait for anything
            long added = Stopwatch.GetTimestamp();
            await lab.AddAsync("work", $"job-{i}");
            await Until.TrueAsync($"job-{i} has started", () => lab.Lines.Any(line => line.Phase == LedgerPhase.Start && line.Id == $"job-{i}"), TimeSpan.FromSeconds(20));
            milliseconds.Add(Stopwatch.GetElapsedTime(added, lab.Lines.Last(line => line.Phase == LedgerPhase.Start).Ticks).TotalMilliseconds);
        }

        await lab.DrainedAsync();
        await FaultLab.TerminateAsync(worker);
        await lab.VerifyAsync();
        milliseconds.Sort();
        FaultLab.Say($"from before the add to the start: median {milliseconds[20]:0} ms, worst {milliseconds[^1]:0} ms");
    }
}
