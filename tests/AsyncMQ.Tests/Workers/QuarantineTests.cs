using AsyncMQ.Storage;
using AsyncMQ.Workers;

namespace AsyncMQ.Tests.Workers;

public class QuarantineTests
{
    [Theory]
    [InlineData(0, 3, false)]
    [InlineData(1, 3, false)]
    [InlineData(2, 3, true)]
    [InlineData(3, 3, true)]
    [InlineData(0, 1, false)]
    [InlineData(1, 1, true)]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, true)]
    public void A_job_near_its_limit_of_stalls_is_run_by_itself(int stalls, int maxStalls, bool expected) =>
        Assert.Equal(expected, Quarantine.Takes(stalls, maxStalls));

    [Fact]
    public void One_job_is_in_hand_from_its_claim_to_the_end_of_its_run()
    {
        var quarantine = new Quarantine();
        ClaimedJob suspect = Claimed("a");
        quarantine.Take(suspect);
        Assert.Same(suspect, quarantine.Next);

        Assert.Same(suspect, quarantine.Start());
        Assert.True(quarantine.IsTaken);
        Assert.Null(quarantine.Next);
        Assert.Null(quarantine.GiveUp());

        quarantine.End(Claimed("b"));
        Assert.True(quarantine.IsTaken);
        quarantine.End(suspect);
        Assert.False(quarantine.IsTaken);
    }

    [Fact]
    public void One_that_has_not_started_can_be_given_up()
    {
        var quarantine = new Quarantine();
        ClaimedJob suspect = Claimed("a");
        quarantine.Take(suspect);

        Assert.Same(suspect, quarantine.GiveUp());
        Assert.False(quarantine.IsTaken);
    }

    private static ClaimedJob Claimed(string id) =>
        new() { Ref = new("q", id), Handle = 1, Token = default, Name = "job", Attempt = 1 };
}
