using System.Text;
using System.Text.Json;

namespace AsyncMQ.Tests.Jobs;

public class JobArgsTests
{
    [Fact]
    public void A_collection_expression_is_positional()
    {
        JobArgs args = ["a", 1, 2.5, true, JobArg.Null];

        Assert.Equal("""["a",1,2.5,true,null]""", Text(args));
        Assert.Equal(5, args.Count);
        Assert.False(args.IsNamed);
        Assert.Equal("a", args[0].GetString());
        Assert.Equal(JsonValueKind.Undefined, args["a"].ValueKind);
    }

    [Fact]
    public void Every_kind_of_argument_is_written_as_json()
    {
        using JsonDocument document = JsonDocument.Parse("""{ "a": 1.0 }""");
        JobArgs args =
        [
            (string?)null, long.MinValue, 79228162514264337593543950335m, Guid.Empty, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), document.RootElement,
            JobArgs.Empty, JobArgs.Named(("x", JobArgs.Create([1]))),
        ];

        Assert.Equal(
            """[null,-9223372036854775808,79228162514264337593543950335,"00000000-0000-0000-0000-000000000000","2026-01-02T03:04:05+01:00",{"a":1.0},[],{"x":[1]}]""",
            Text(args));
    }

    [Fact]
    public void No_arguments_are_an_empty_array_without_bytes()
    {
        JobArgs none = [];

        Assert.Same(JobArgs.Empty, none);
        Assert.Equal(0, none.Utf8.Length);
        Assert.Equal(0, none.Count);
        Assert.Empty(none);
        Assert.Equal(JsonValueKind.Array, none.Json.ValueKind);
    }

    [Fact]
    public void A_missing_position_says_what_there_is()
    {
        JobArgs args = [1];

        Assert.Contains("no positional argument 1; there are 1", Assert.Throws<ArgumentOutOfRangeException>(() => args[1]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => args[-1]);
        Assert.Contains("named", Assert.Throws<ArgumentOutOfRangeException>(() => JobArgs.Named(("a", 1))[0]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_deepest_nesting_that_is_written_can_be_read()
    {
        JobArgs args = [1];
        for (int i = 1; i < 64; i++)
            args = JobArgs.Create([args]);

        Assert.Equal(1, args.Count);
        Assert.Throws<ArgumentException>(() => JobArgs.Create([args]));
        Assert.Throws<ArgumentException>(() => JobArgs.Named(("a", args)));
        Assert.Equal(1, JobArgs.FromJson(new string('[', 64) + new string(']', 64)).Count);
    }

    [Fact]
    public void Values_are_listed_in_order_whatever_their_names()
    {
        Assert.Equal("[1,2]", Text([.. JobArgs.Named(("b", 1), ("a", 2))]));
        Assert.Equal("[1,2]", Text([.. JobArgs.FromJson("[1,2]")]));
    }

    [Fact]
    public void As_text_arguments_show_no_values() => Assert.Equal("JobArgs (10 bytes)", JobArgs.Create(["s3cr3t"]).ToString());

    private static string Text(JobArgs args) => Encoding.UTF8.GetString(args.Utf8.Span);
}
