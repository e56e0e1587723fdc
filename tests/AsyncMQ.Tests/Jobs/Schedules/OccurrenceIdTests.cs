using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Jobs.Schedules;

public class OccurrenceIdTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_id_is_made_of_the_repeatable_and_the_time_to_the_millisecond() =>
        Assert.Equal("@nightly@20260501T120000.007Z", OccurrenceIds.Of("nightly", Noon.AddMilliseconds(7)));

    [Fact]
    public void It_is_the_same_in_every_time_zone() =>
        Assert.Equal(OccurrenceIds.Of("a", Noon), OccurrenceIds.Of("a", Noon.ToOffset(TimeSpan.FromHours(9))));

    [Fact]
    public void Ids_sort_by_time()
    {
        string[] ids = [.. new[] { Noon, Noon.AddMilliseconds(1), Noon.AddSeconds(9), Noon.AddHours(11), Noon.AddDays(300), Noon.AddYears(100) }.Select(time => OccurrenceIds.Of("a", time))];

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void A_triggered_one_has_an_id_of_its_own()
    {
        Assert.Equal("@a@20260501T120000.000Z~0000002a", OccurrenceIds.OfTrigger("a", Noon, 42));
        Assert.NotEqual(OccurrenceIds.OfTrigger("a", Noon, 42), OccurrenceIds.OfTrigger("a", Noon, 43));
    }

    [Fact]
    public void The_longest_id_of_a_repeatable_leaves_room_for_the_time() =>
        Assert.InRange(OccurrenceIds.OfTrigger(new string('x', Names.LongestRepeatableId), Noon, -1).Length, 1, Names.LongestId);

    [Theory]
    [InlineData("nightly")]
    [InlineData("a@b")]
    [InlineData("customer:42")]
    [InlineData("007")]
    [InlineData("a@20260501T120000.000Z")]
    public void The_repeatable_is_found_in_the_ids_of_its_jobs(string id)
    {
        Assert.Equal(id, OccurrenceIds.RepeatableOf(OccurrenceIds.Of(id, Noon)));
        Assert.Equal(id, OccurrenceIds.RepeatableOf(OccurrenceIds.OfTrigger(id, Noon, 1)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a@b")]
    [InlineData("@")]
    [InlineData("@@")]
    [InlineData("@a")]
    [InlineData("")]
    public void Other_jobs_are_of_none(string id) => Assert.Null(OccurrenceIds.RepeatableOf(id));
}
