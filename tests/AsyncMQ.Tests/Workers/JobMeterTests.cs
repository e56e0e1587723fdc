using AsyncMQ.Workers;

namespace AsyncMQ.Tests.Workers;

public class JobMeterTests
{
    private readonly Lock pumpGate = new();
    private readonly JobMeter meter;
    private readonly SlotMeter slot;

    public JobMeterTests()
    {
        meter = new(pumpGate);
        slot = meter.ForSlot();
    }

    [Fact]
    public void Counts_by_queue_and_name_and_each_time_only_what_is_new()
    {
        Count("a", "x", SettlementKind.Complete);
        Count("a", "x", SettlementKind.Complete);
        Count("b", "x", SettlementKind.Fail);
        Count("a", "y", SettlementKind.Retry);
        foreach (SettlementKind kind in (SettlementKind[])[SettlementKind.PutBack, SettlementKind.HandBack, SettlementKind.HoldKey, SettlementKind.HoldQueue])
            Count("a", "y", kind);

        Assert.Equal(["a x 2 0 0 0", "a y 0 0 1 4", "b x 0 1 0 0"], Take());
        Assert.Empty(Take());
        Count("a", "x", SettlementKind.Complete);
        Assert.Equal(["a x 1 0 0 0"], Take());
    }

    [Fact]
    public void A_wait_that_is_not_known_is_not_measured()
    {
        Note(Job("a", "x", waited: null), SettlementKind.Complete, TimeSpan.FromSeconds(1));
        List<NamedFigures> taken = [];
        meter.TakeInto(taken);

        Assert.Equal((0, 1), (taken[0].Figures.Waited.Total, taken[0].Figures.Ran.Total));
    }

    [Fact]
    public void It_allocates_nothing_for_a_name_that_it_has_met()
    {
        ClaimedJob one = Job("a", "x", TimeSpan.FromSeconds(1)), other = Job("a", "y", TimeSpan.FromSeconds(2));
        Round();
        Round();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        Round();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            for (int i = 0; i < 1_000; i++)
            {
                Note(one, SettlementKind.Complete, TimeSpan.FromMilliseconds(i));
                Note(other, SettlementKind.Retry, TimeSpan.FromMilliseconds(i));
            }
        }
    }

    [Fact]
    public void What_is_noted_for_a_name_that_was_forgotten_meanwhile_is_not_lost()
    {
        Count("a", "x", SettlementKind.Complete);
        Take();
        MeasuredAttempt late = slot.Measure(Job("a", "x", TimeSpan.Zero), SettlementKind.Complete, TimeSpan.Zero);
        Assert.Empty(Take());
        Assert.True(late.Tally.IsForgotten);

        slot.Note(late);

        Assert.Equal(["a x 1 0 0 0"], Take());
    }

    [Fact]
    public void Slots_count_together_however_much_each_has_noted()
    {
        SlotMeter other = meter.ForSlot();
        ClaimedJob job = Job("a", "x", TimeSpan.Zero);
        for (int i = 0; i < 100; i++)
            Note(job, SettlementKind.Complete, TimeSpan.Zero);
        other.Note(other.Measure(job, SettlementKind.Complete, TimeSpan.Zero));

        Assert.Equal(["a x 101 0 0 0"], Take());
    }

    [Fact]
    public async Task Nothing_is_lost_or_counted_twice_while_it_is_taken()
    {
        const int all = 50_000;
        Task pump = Task.Run(() =>
        {
            for (int n = 0; n < all; n++)
                Count($"q{n % 2}", $"n{n % 3}", SettlementKind.Complete);
        });
        List<NamedFigures> taken = [];
        while (!pump.IsCompleted)
            meter.TakeInto(taken);
        await pump;
        meter.TakeInto(taken);

        Assert.Equal(all, taken.Sum(figures => figures.Figures.Completed));
        Assert.Equal(all, taken.Sum(figures => figures.Figures.Ran.Total));
    }

    private void Count(string queue, string name, SettlementKind kind) => Note(Job(queue, name, TimeSpan.Zero), kind, TimeSpan.FromMilliseconds(1));

    private void Note(ClaimedJob job, SettlementKind kind, TimeSpan ran)
    {
        MeasuredAttempt attempt = slot.Measure(job, kind, ran);
        lock (pumpGate)
            slot.Note(attempt);
    }

    private string[] Take()
    {
        List<NamedFigures> taken = [];
        meter.TakeInto(taken);
        return
        [
            .. taken.Select(named => $"{named.Queue} {named.Name} {named.Figures.Completed} {named.Figures.Failed} {named.Figures.Retried} {named.Figures.Other}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private static ClaimedJob Job(string queue, string name, TimeSpan? waited) =>
        new() { Ref = new(queue, "1"), Handle = 1, Token = default, Name = name, Attempt = 1, Waited = waited };
}
