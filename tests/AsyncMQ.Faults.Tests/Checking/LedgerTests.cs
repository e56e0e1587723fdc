namespace AsyncMQ.Faults.Tests.Checking;

public sealed class LedgerTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void What_is_written_is_read_in_order_also_from_two_writers()
    {
        using var one = new JobLedger(path);
        using var other = new JobLedger(path);
        for (int i = 0; i < 100; i++)
            (i % 2 == 0 ? one : other).Write(LedgerPhase.Start, $"job-{i}", 1, "token");

        IReadOnlyList<LedgerLine> lines = LedgerReader.ReadAll(path);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"job-{i}"), lines.Select(line => line.Id));
        Assert.All(lines, line => Assert.Equal((LedgerPhase.Start, Environment.ProcessId, "token"), (line.Phase, line.Pid, line.Token)));
    }

    [Fact]
    public void A_torn_line_costs_only_itself()
    {
        using var ledger = new JobLedger(path);
        ledger.Write(LedgerPhase.Start, "before", 1, "token");
        File.AppendAllText(path, "\ntorn 1 start 1");
        ledger.Write(LedgerPhase.Start, "after", 1, "token");

        var reader = new LedgerReader(path);
        Assert.Equal(["before", "after"], reader.Read().Select(line => line.Id));
        Assert.Equal(1, reader.Torn);
    }

    [Fact]
    public void A_line_that_is_still_being_written_is_read_when_it_is_whole()
    {
        var reader = new LedgerReader(path);
        File.AppendAllText(path, "\na 1 start 7 t");
        Assert.Empty(reader.Read());
        File.AppendAllText(path, "oken 5 ;");
        Assert.Equal([new LedgerLine("a", 1, LedgerPhase.Start, 7, "token", 5)], reader.Read());
        Assert.Equal(0, reader.Torn);
    }
}
