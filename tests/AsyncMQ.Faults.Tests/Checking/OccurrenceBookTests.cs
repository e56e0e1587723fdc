using AsyncMQ.Storage;

namespace AsyncMQ.Faults.Tests.Checking;

public sealed class OccurrenceBookTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly OccurrenceBook book = new(new("s", Schedule.Every(TimeSpan.FromSeconds(1)), TimeSpan.FromSeconds(1), "work"));
    private readonly Dictionary<string, JobEnd> ends = [];

    [Fact]
    public void What_the_store_has_dropped_since_is_kept()
    {
        book.Take(Page(0, 49));
        book.Take(Page(20, 69));
        Assert.Empty(Check(runs: 70));
    }

    [Fact]
    public void What_came_and_went_unseen_is_told_by_the_ids_of_its_jobs()
    {
        book.Take(Page(0, 9));
        book.Take(Page(30, 79));
        _ = Page(10, 29);
        Assert.Empty(Check(runs: 80));
    }

    [Fact]
    public void A_job_beside_what_was_seen_is_not_taken_for_it()
    {
        book.Take(Page(0, 9));
        book.Take(Page(12, 20));
        _ = Page(10, 11);
        Assert.Contains(Check(runs: 21), violation => violation.Contains("is in no history", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_is_there_twice_is_kept_twice()
    {
        book.Take([.. Page(0, 3), .. Page(2, 2)]);
        Assert.Contains(Check(runs: 5), violation => violation.Contains("is there twice", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_is_told_otherwise_later_is_kept_twice()
    {
        book.Take(Page(0, 3));
        book.Take([.. Page(0, 3).Select(occurrence => occurrence with { At = Noon.AddSeconds(9) })]);
        Assert.Contains(Check(runs: 4), violation => violation.Contains("is there twice", StringComparison.Ordinal));
    }

    // What the store would answer after these, each of which has its job.
    private OccurrenceRecord[] Page(int first, int last)
    {
        List<OccurrenceRecord> page = [];
        for (int second = last; second >= first; second--)
        {
            DateTimeOffset due = Noon.AddSeconds(second);
            string id = $"@s@{due.UtcDateTime:yyyyMMdd'T'HHmmss'.'fff'Z'}";
            ends[id] = new(JobState.Completed, null) { AddedAt = due };
            page.Add(new(due, due, OccurrenceOutcome.Added, id));
        }

        return [.. page];
    }

    private IReadOnlyList<string> Check(long runs) => ScheduleChecker.Check([book.Close(runs, ends) with { RunsAll = true }], ends);
}
