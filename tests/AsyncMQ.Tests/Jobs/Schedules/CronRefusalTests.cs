namespace AsyncMQ.Tests.Jobs.Schedules;

/// <summary>A wrong cron expression is refused with the field that is wrong, what stands in it, and what would be right.</summary>
public class CronRefusalTests
{
    [Theory]
    [InlineData("60 * * * *", "minute field", "'60'", "0-59")]
    [InlineData("-1 * * * *", "minute field", "'-1'", "0-59")]
    [InlineData("1.5 * * * *", "minute field", "'1.5'", "0-59")]
    [InlineData("1,,2 * * * *", "minute field", "'1,,2'", "lists (1,2)")]
    [InlineData("*/0 * * * *", "minute field", "'*/0'", "steps (*/2)")]
    [InlineData("99999999999999999999 * * * *", "minute field", "'99999999999999999999'", "0-59")]
    [InlineData("* 24 * * *", "hour field", "'24'", "0-23")]
    [InlineData("0 3am * * *", "hour field", "'3am'", "0-23")]
    [InlineData("0 0 32 * *", "day-of-month field", "'32'", "1-31")]
    [InlineData("0 0 0 * *", "day-of-month field", "'0'", "1-31")]
    [InlineData("0 0 L-40 * *", "day-of-month field", "'L-40'", "L (the last)")]
    [InlineData("0 0 1 13 *", "month field", "'13'", "1-12")]
    [InlineData("0 0 1 JANUARY *", "month field", "'JANUARY'", "JAN-DEC")]
    [InlineData("0 0 * * 8", "day-of-week field", "'8'", "0-7")]
    [InlineData("0 0 * * MONDAY", "day-of-week field", "'MONDAY'", "SUN-SAT")]
    [InlineData("0 0 * * FRI#6", "day-of-week field", "'FRI#6'", "FRI#2 (the second)")]
    [InlineData("61 * * * * *", "second field", "'61'", "0-59")]
    [InlineData("0 60 * * * *", "minute field", "'60'", "0-59")]
    [InlineData("H * * * *", "minute field", "'H'", "no H: use Jitter")]
    [InlineData("0 0 * * H", "day-of-week field", "'H'", "no H: use Jitter")]
    [InlineData("a b c d e", "minute field", "'a'", "0-59")]
    public void A_wrong_field_is_named(string cron, params string[] says)
    {
        string message = Assert.Throws<ArgumentException>(() => Schedule.Cron(cron)).Message;

        Assert.All(says, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "'' has 0")]
    [InlineData("   ", "has 0")]
    [InlineData("* * * *", "has 4")]
    [InlineData("* * * * * * *", "has 7")]
    [InlineData("0 0 1 1 * 2027", "The day-of-week field", "'2027'")]
    [InlineData("@never", "'@never' is unknown", "@daily")]
    [InlineData("@daily x", "unknown")]
    [InlineData("0 0\n* * *", "has 4")]
    [InlineData("0 0 31 2 *", "never comes true")]
    [InlineData("0 0 30 2 *", "never comes true")]
    [InlineData("0 0 31 4,6,9,11 *", "never comes true")]
    public void A_wrong_expression_is_refused(string cron, params string[] says)
    {
        string message = Assert.Throws<ArgumentException>(() => Schedule.Cron(cron)).Message;

        Assert.All(says, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_endless_expression_is_refused_without_being_shown()
    {
        string message = Assert.Throws<ArgumentException>(() => Schedule.Cron(new string('1', 1_001) + " * * * *")).Message;

        Assert.Contains("at most 1 000 characters, but got 1009", message, StringComparison.Ordinal);
        Assert.InRange(Assert.Throws<ArgumentException>(() => Schedule.Cron(new string('1', 900) + " * * * *")).Message.Length, 1, 600);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Foo/Bar")]
    [InlineData("europe/berlin")]
    [InlineData(" Europe/Berlin")]
    [InlineData("Europe")]
    [InlineData("../../etc/passwd")]
    [InlineData("/usr/share/zoneinfo/Europe/Berlin")]
    [InlineData("posix/Europe/Berlin")]
    [InlineData("localtime")]
    [InlineData("W. Europe Standard Time")]
    [InlineData("GMT+25")]
    [InlineData("Europe/Berlin\0")]
    public void An_unknown_time_zone_is_refused(string zone)
    {
        string message = Assert.Throws<ArgumentException>(() => Schedule.Cron("@daily", zone)).Message;

        Assert.Contains("is unknown. Use a name of the IANA database, as 'Europe/Berlin', or leave it out for UTC", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
    }
}
