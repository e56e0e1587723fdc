using AsyncMQ.Workers;

namespace AsyncMQ.Tests.Workers.Isolation;

/// <summary>Settings of isolation, the order that a process is given, and what is said of its end and of its errors.</summary>
public class IsolationTests
{
    public static TheoryData<string, Func<object>> Nonsense => new()
    {
        { "JobsPerProcess must be 1 to 1 000 000, but was 0", () => new AsyncMQ.Isolation { JobsPerProcess = 0 } },
        { "JobsPerProcess", () => new AsyncMQ.Isolation { JobsPerProcess = -1 } },
        { "JobsPerProcess", () => new AsyncMQ.Isolation { JobsPerProcess = 1_000_001 } },
        { "MaxProcesses must be 1 to 10 000, but was 0", () => new AsyncMQ.Isolation { MaxProcesses = 0 } },
        { "MaxProcesses", () => new AsyncMQ.Isolation { MaxProcesses = 10_001 } },
        { "IdleTimeout must be zero to a day", () => new AsyncMQ.Isolation { IdleTimeout = TimeSpan.FromTicks(-1) } },
        { "IdleTimeout", () => new AsyncMQ.Isolation { IdleTimeout = TimeSpan.FromDays(2) } },
        { "Grace must be zero to an hour", () => new AsyncMQ.Isolation { Grace = TimeSpan.FromTicks(-1) } },
        { "Grace", () => new AsyncMQ.Isolation { Grace = Timeout.InfiniteTimeSpan } },
        { "Grace", () => new AsyncMQ.Isolation { Grace = TimeSpan.MaxValue } },
        { "StartTimeout must be 100 ms to an hour", () => new AsyncMQ.Isolation { StartTimeout = TimeSpan.Zero } },
        { "StartTimeout", () => new AsyncMQ.Isolation { StartTimeout = TimeSpan.FromHours(2) } },
        { "MemoryLimit must be 64 MiB to 1 TiB, but was 67108863 bytes", () => new AsyncMQ.Isolation { MemoryLimit = (64 << 20) - 1 } },
        { "MemoryLimit", () => new AsyncMQ.Isolation { MemoryLimit = -1 } },
        { "MemoryLimit", () => new AsyncMQ.Isolation { MemoryLimit = long.MaxValue } },
        { "Arguments must not have null among them", () => new AsyncMQ.Isolation { Arguments = ["a", null!] } },
    };

    public static TheoryData<string> BadOrders => ["nonsense", "1", "1\na\nb", "2\n@a\nb\nc\n", "1\n\nb\nc\n", "1\n@a\n\nc\n", "1\n@a\nb\n\n"];

    [Theory]
    [MemberData(nameof(Nonsense), DisableDiscoveryEnumeration = true)]
    public void A_setting_out_of_its_range_is_refused_by_name(string message, Func<object> set) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(set).Message, StringComparison.Ordinal);

    [Fact]
    public void An_early_call_without_settings_is_refused() => Assert.Throws<ArgumentNullException>("configure", () => AsyncMQHost.RunIsolatedJobsIfAsked(null!));

    [Fact]
    public void In_an_ordinary_process_the_early_call_does_nothing()
    {
        AsyncMQHost.RunIsolatedJobsIfAsked(_ => throw new InvalidOperationException("called"));

        Assert.False(AsyncMQHost.IsIsolatedProcess);
    }

    [Fact]
    public void What_was_set_cannot_be_changed_afterwards()
    {
        string[] arguments = ["a"];
        var isolation = new AsyncMQ.Isolation { Arguments = arguments };
        arguments[0] = "b";

        Assert.Equal(["a"], isolation.Arguments);
    }

    [Theory]
    [InlineData("")]
    [InlineData("reports of the north")]
    public void An_order_is_read_as_it_was_written(string installation)
    {
        var order = new IsolationOrder("a place/a b", "secret", installation, "mail.welcome");

        Assert.Equal(order, IsolationOrder.Parse(order.ToString()));
        Assert.Null(IsolationOrder.Parse(null));
        Assert.Null(IsolationOrder.Parse(""));
    }

    [Theory]
    [MemberData(nameof(BadOrders))]
    public void An_order_that_is_none_is_refused_with_the_name_of_the_variable(string text) =>
        Assert.Contains("ASYNCMQ_ISOLATED", Assert.Throws<InvalidOperationException>(() => IsolationOrder.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Exceptions_keep_their_meaning_on_their_way()
    {
        Assert.Equal("System.FormatException", JobError.Of(Sent(new FormatException("a"))).Type);
        Assert.IsNotType<FormatException>(Sent(new FormatException("a")));
        Assert.IsType<OperationCanceledException>(Sent(new TaskCanceledException()));
        Assert.Equal(typeof(TaskCanceledException).FullName, JobError.Of(Sent(new TaskCanceledException())).Type);
        Assert.Equal("b", Assert.IsType<UnrecoverableJobException>(Sent(new UnrecoverableJobException("b"))).Message);
        RetryJobException putBack = Assert.IsType<RetryJobException>(Sent(new RetryJobException(TimeSpan.FromMinutes(3), "c")));
        Assert.Equal((TimeSpan.FromMinutes(3), "c"), (putBack.Delay, putBack.Message));
        foreach (RateLimitScope scope in Enum.GetValues<RateLimitScope>())
        {
            RateLimitedException limited = Assert.IsType<RateLimitedException>(Sent(new RateLimitedException(TimeSpan.FromMinutes(4), scope, "d")));
            Assert.Equal((TimeSpan.FromMinutes(4), scope, "d"), (limited.RetryAfter, limited.Scope, limited.Message));
        }
    }

    [Fact]
    public void A_failure_that_is_none_is_refused()
    {
        foreach (FrameWriter frame in (FrameWriter[])[Failure(0, 0).Error(null), Failure(9, 0).Error(new("T", "m", null)), Failure(3, -1).Error(new("T", "m", null))])
        {
            Assert.Throws<InvalidDataException>(() =>
            {
                var reader = new FrameReader(frame.End()[FrameWriter.HeaderBytes..]);
                reader.Int();
                FailureFrame.Read(ref reader);
            });
        }

        static FrameWriter Failure(int meaning, long delay) => new FrameWriter(FrameKind.Failed).Int(1).Int(meaning).Long(delay);
    }

    [Fact]
    public void The_end_of_a_process_is_told_in_words()
    {
        Assert.Equal("it exited with code 3", ProcessEnd.Describe(3));
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        Assert.Contains("SIGKILL", ProcessEnd.Describe(137), StringComparison.Ordinal);
        Assert.Equal("it was ended by signal 10", ProcessEnd.Describe(138));
        Assert.Equal("it exited with code 255", ProcessEnd.Describe(255));
    }

    private static Exception Sent(Exception exception)
    {
        var reader = new FrameReader(FailureFrame.Write(1, exception).End()[FrameWriter.HeaderBytes..]);
        reader.Int();
        return FailureFrame.Read(ref reader);
    }
}
