using System.Diagnostics;
using AsyncMQ.Storage;

namespace AsyncMQ.Faults.Tests;

/// <summary>Eight schedulers, one of them killed five times a second as long as a few stand: each due time happens once.</summary>
public sealed class SchedulerKillTests
{
    private const int Schedulers = 8;
    private const int FewestStanding = 3;
    private const int FewestKills = 20;
    private const int FewestHands = 10;
    private const int LongestOfSlowMachine = 4;
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(200);
    private static readonly WorkerPlan Plan = new() { Schedules = true, Concurrency = 4, Handler = "0..50", Lease = TimeSpan.FromSeconds(10), MaxStalls = 1_000 };

    [Theory]
    [InlineData(StoreKind.Sqlite, 30)]
    [InlineData(StoreKind.Redis, 18)]
    [InlineData(StoreKind.Postgres, 18)]
    public async Task Every_due_time_happens_once_whichever_of_eight_schedulers_is_killed(StoreKind kind, int seconds)
    {
        await using FaultLab lab = await FaultLab.OpenAsync(kind, TestSeed.First);
        OccurrenceBook[] books = [.. TestSchedule.All.Select(schedule => new OccurrenceBook(schedule))];
        List<ChildProcess> schedulers = [.. Enumerable.Range(0, Schedulers).Select(_ => lab.StartWorker(Plan))];
        await Task.WhenAll(schedulers.Select(FaultLab.ReadyAsync));
        IJobStore store = await lab.OpenStoreAsync();
        await using (store)
        {
            double standing = await KillAsync(lab, TestSeed.IsSoak ? TestSeed.Soak : TimeSpan.FromSeconds(seconds), schedulers, () => ReadAsync(lab, books, store));
            lab.Kill(schedulers);

            // Somebody new goes on where they were, and catches up.
            int[] before = [.. books.Select(book => book.Count)];
            ChildProcess last = lab.StartWorker(Plan with { Concurrency = 16 });
            await Until.TrueAsync("a new scheduler goes on with each schedule", async () =>
            {
                await ReadAsync(lab, books, store);
                return books.Zip(before).All(pair => pair.First.Count >= pair.Second + 2);
            });
            foreach (TestSchedule schedule in TestSchedule.All)
                Assert.True(await lab.Jobs.PauseRepeatableAsync(schedule.Id));
            await lab.DrainedAsync();
            await FaultLab.TerminateAsync(last);

            await ReadAsync(lab, books, store);
            Dictionary<string, long> runs = (await store.SchedulesAsync(lab.Jobs.Name, null, 100, CancellationToken.None)).ToDictionary(record => record.Id, record => record.Runs);
            ScheduleFacts[] facts = [];
            await lab.VerifyAsync(ends =>
            {
                facts = [.. books.Select(book => book.Close(runs[book.Schedule.Id], ends))];
                return ScheduleChecker.Check(facts, ends);
            });
            RequireSubstance(lab, facts, standing);
        }
    }

    // Any of those that stand may be hit, but a few always stand: this machine starts processes no faster than it can, and one killed as soon as it has
    // begun would never have fired anything. It goes on until there is something to show, for a few times as long if need be. Returns how many stood at the
    // average beat.
    private static async Task<double> KillAsync(FaultLab lab, TimeSpan killing, List<ChildProcess> schedulers, Func<Task> onSecond)
    {
        long started = Stopwatch.GetTimestamp();
        using var rhythm = new PeriodicTimer(Rhythm);
        int beats = 0;
        for (double stood = 0; ; stood += schedulers.Count(FaultLab.IsReady))
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            if (elapsed > killing && (elapsed > LongestOfSlowMachine * killing || (lab.Kills >= FewestKills && Hands(lab) >= FewestHands)))
                return stood / beats;
            await rhythm.WaitForNextTickAsync();
            int[] standing = [.. Enumerable.Range(0, Schedulers).Where(number => FaultLab.IsReady(schedulers[number]))];
            if (standing.Length > FewestStanding)
            {
                int chosen = standing[lab.Random.Next(standing.Length)];
                lab.Kill(schedulers[chosen]);
                schedulers[chosen] = lab.StartWorker(Plan);
            }

            if (++beats % 5 == 0)
                await onSecond();
        }
    }

    private static async Task ReadAsync(FaultLab lab, OccurrenceBook[] books, IJobStore store)
    {
        foreach (OccurrenceBook book in books)
            book.Take(await store.OccurrencesAsync(lab.Jobs.Name, book.Schedule.Id, OccurrenceRecord.MostKept, CancellationToken.None));
    }

    private static int Hands(FaultLab lab) => lab.Lines.Where(line => line.Phase == LedgerPhase.Fired).Select(line => line.Pid).Distinct().Count();

    private static void RequireSubstance(FaultLab lab, ScheduleFacts[] facts, double standing)
    {
        LedgerLine[] fired = [.. lab.Lines.Where(line => line.Phase == LedgerPhase.Fired)];
        int hands = Hands(lab), outrun = lab.Lines.Count(line => line.Phase == LedgerPhase.Outrun);
        foreach (ScheduleFacts schedule in facts)
        {
            FaultLab.Say($"{schedule.Id}: {string.Join(", ", schedule.Occurrences.GroupBy(occurrence => occurrence.Outcome).Select(group => $"{group.Count()} {group.Key}"))}, "
                + $"the latest by {schedule.Occurrences.Max(occurrence => (occurrence.At - occurrence.DueAt).TotalMilliseconds):0} ms");
        }

        FaultLab.Say($"{lab.Kills} kills, {standing:0.0} schedulers stood at the average beat; {fired.Length} ticks by {hands} processes, {outrun} lost the race");
        Assert.True(lab.Kills >= FewestKills, $"Only {lab.Kills} kills: too few to show anything.");
        Assert.True(hands >= FewestHands, $"Only {hands} processes fired a schedule: too few to show anything.");
        Assert.Contains(facts, schedule => schedule.SkipsOverlaps && schedule.Occurrences.Any(occurrence => occurrence.Outcome == OccurrenceOutcome.Overlapped));
    }
}
