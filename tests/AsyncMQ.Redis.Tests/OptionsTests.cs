using AsyncMQ.Redis.Coding;

namespace AsyncMQ.Redis.Tests;

/// <summary>What is said of the store before it is reached; and times, which the scripts have in microseconds.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a{b")]
    [InlineData("a}b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    public void A_name_that_would_break_the_keys_is_refused(string name) =>
        Assert.Contains("installation's name", Assert.Throws<ArgumentException>(() => new RedisStoreOptions { Name = name }).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_description_names_server_and_installation_without_secrets()
    {
        await using var store = new RedisJobStore(new() { Configuration = "jobs.example:6380,password=secret,user=somebody", Name = "mail" });

        Assert.Equal("Redis jobs.example:6380, installation mail", store.Description);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void An_empty_configuration_is_refused(string configuration) =>
        Assert.Throws<ArgumentException>(() => AsyncMQHost.Create(mq => mq.UseRedis(configuration)));

    [Fact]
    public void A_part_of_a_microsecond_comes_late_rather_than_early()
    {
        Assert.Equal(1, Micros.Of(new TimeSpan(1)));
        Assert.Equal(1, Micros.Of(new TimeSpan(10)));
        Assert.Equal(2, Micros.Of(new TimeSpan(11)));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(20), Micros.ToTime(Micros.Of(DateTimeOffset.UnixEpoch.AddTicks(11))));
    }

    [Fact]
    public void The_ends_of_time_are_kept_in_reach()
    {
        Assert.Equal(DateTimeOffset.MaxValue.Year, Micros.ToTime(Micros.Never).Year);
        Assert.Equal(DateTimeOffset.MaxValue.Year, Micros.ToTime(Micros.Of(DateTimeOffset.MaxValue)).Year);
        Assert.True(Micros.ToSpan(Micros.Never) > TimeSpan.FromDays(365_000));
    }
}
