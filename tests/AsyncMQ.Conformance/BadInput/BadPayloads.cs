using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Arguments and typed jobs that must be refused. Source: reliability survey S-20 to S-23, S-55; secrets stay out of every error.</summary>
public static class BadPayloads
{
    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        TooLarge("arguments one byte over the limit", mq => mq.Client.AddAsync("a", [Secret + new string('x', (1 << 20) - 9)]), "is 1048577 bytes, over the limit of 1048576", "MaxPayloadBytes"),
        TooLarge("arguments of fifty megabytes", mq => mq.Client.AddAsync("a", [new string('x', 50_000_000)]), "over the limit of 1048576"),
        TooLarge("a typed job over the limit", mq => mq.Client.AddAsync(new SendWelcome(Secret + new string('x', 1 << 20))), "'mail.welcome'", "limit of 1048576"),
        TooLarge("a million names", mq => mq.Client.AddAsync("a", JobArgs.FromJson($"{{{string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => $"\"{i}\":0"))}}}")), "over the limit"),
        Text("empty text", "", "not valid JSON (line 0, byte 0)"),
        Text("text that is not JSON", Secret, "not valid JSON (line 0, byte 0)"),
        Text("cut off JSON", $$"""{"a":"{{Secret}}","b":""", "not valid JSON"),
        Text("two JSON values", $"""["{Secret}"] []""", "not valid JSON"),
        Text("a trailing comma", $"""["{Secret}",]""", "not valid JSON"),
        Text("a comment", $"""["{Secret}"] // no""", "not valid JSON"),
        Text("single quotes", $"['{Secret}']", "not valid JSON"),
        Text("NaN", "[NaN]", "not valid JSON"),
        Text("a leading zero", "[01]", "not valid JSON"),
        Text("a raw newline in a text", $"[\"{Secret}\n\"]", "not valid JSON"),
        Text("a byte order mark", $"\ufeff[\"{Secret}\"]", "not valid JSON"),
        Text("JSON null", "null", "must be a JSON array (positional) or object (named), but were a Null"),
        Text("a JSON text", $"\"{Secret}\"", "but were a String"),
        Text("a JSON number", "1", "but were a Number"),
        Text("arrays 65 deep", new string('[', 65) + new string(']', 65), "nested deeper than 64"),
        Text("arrays a thousand deep", new string('[', 1_000) + new string(']', 1_000), "nested deeper than 64"),
        Text("arrays ten thousand deep and not closed", new string('[', 10_000), "nested deeper than 64"),
        Text("objects a thousand deep", string.Concat(Enumerable.Repeat("{\"a\":", 1_000)) + "1" + new string('}', 1_000), "nested deeper than 64"),
        Text("a name twice", $$"""{"a":"{{Secret}}","a":1}""", "a name twice"),
        Text("a name twice, once escaped", $$"""{"a":"{{Secret}}","\u0061":1}""", "a name twice"),
        Text("a name twice inside", $$"""[{"a":"{{Secret}}","a":1}]""", "a name twice"),
        Text("a lone surrogate", $"[\"{Secret}\ud800\"]", "lone surrogate (U+D800)"),
        Text("a name that is no text", $$"""{"\ud800":"{{Secret}}"}""", "lone surrogate"),
        Argument("bytes that are not UTF-8", mq => mq.Client.AddAsync("a", JobArgs.FromJson([.. Encoding.UTF8.GetBytes($"[\"{Secret}"), 0xFF, .. "\"]"u8])), "not valid UTF-8"),
        Argument("an overlong NUL", mq => mq.Client.AddAsync("a", JobArgs.FromJson([.. "[\""u8, 0xC0, 0x80, .. "\"]"u8])), "not valid UTF-8"),
        Null("no JSON text", mq => mq.Client.AddAsync("a", JobArgs.FromJson((string)null!))),
        Null("no metadata", mq => mq.Client.AddAsync("a", JobArgs.From("x", null!))),
        Argument("a value that is neither array nor object", mq => mq.Client.AddAsync("a", JobArgs.From(Secret, Info<string>())), "but were a String"),
        Argument("a value with a cycle", mq => mq.Client.AddAsync("a", JobArgs.From(Chain.Cycle(), Info<Chain>())), "A value of type Chain", "cycle"),
        Argument("NaN as an argument", mq => mq.Client.AddAsync("a", [double.NaN]), "NaN is not a JSON number"),
        Argument("infinity as an argument", mq => mq.Client.AddAsync("a", [Secret, double.NegativeInfinity]), "is not a JSON number. Pass a finite number or a text"),
        Argument("an undefined element", mq => mq.Client.AddAsync("a", [Secret, default(JsonElement)]), "undefined JsonElement"),
        new("an element whose document is gone", typeof(ObjectDisposedException), ["JsonDocument"], mq => mq.Client.AddAsync("a", [GoneElement()])),
        Argument("an argument with a lone surrogate", mq => mq.Client.AddAsync("a", [Secret + "\udc00"]), "An argument", "lone surrogate (U+DC00) at position 6"),
        Argument("arguments put into arguments 65 deep", mq => mq.Client.AddAsync("a", Deep(65)), "nested deeper than 64"),
        Argument("a deep element among the arguments", mq => mq.Client.AddAsync("a", JobArgs.Named((Secret, DeepElement(500)))), "nested deeper than 64"),
        Argument("an element too deep to write", mq => mq.Client.AddAsync("a", [DeepElement(1_500)]), "cannot be written as an argument"),
        Argument("a named argument twice", mq => mq.Client.AddAsync("a", JobArgs.Named(("x", 1), ("x", Secret))), "'x' is null or stands twice"),
        Argument("a named argument without a name", mq => mq.Client.AddAsync("a", JobArgs.Named((null!, Secret))), "null or stands twice"),
        Argument("a named argument whose name has a lone surrogate", mq => mq.Client.AddAsync("a", JobArgs.Named(("\ud800", Secret))), "An argument name"),
        Argument("a typed job without a name", mq => mq.Client.AddAsync(new Nameless(Secret)), "Nameless has no [Job(\"name\")] attribute"),
        Argument("a typed job that inherits its name", mq => mq.Client.AddAsync(new Heir(Secret)), "Heir has no [Job(\"name\")] attribute"),
        Argument("a typed job with a bad name", mq => mq.Client.AddAsync(new BadlyNamed(Secret)), "A job name must not contain white space, but was 'two words'"),
        Argument("a typed job with bad retries", mq => mq.Client.AddAsync(new BadlyRetried(Secret)), "BadlyRetried has a value", "Retries must be 0 to 1 000 000, but was -2"),
        Argument("a typed job with a bad timeout", mq => mq.Client.AddAsync(new BadlyTimed(Secret)), "BadlyTimed has a value", "TimeoutSeconds must be 0 to 2073600"),
        Argument("a typed job with a cycle", mq => mq.Client.AddAsync(Chain.Cycle()), "Job Chain cannot be written as JSON", "cycle"),
        Argument("a typed job a thousand deep", mq => mq.Client.AddAsync(Chain.Deep(1_000)), "Job Chain cannot be written as JSON", "depth"),
        Argument("a typed job with NaN", mq => mq.Client.AddAsync(new Measured(Secret, double.NaN)), "Job Measured cannot be written as JSON"),
        Argument("a typed job with an unsupported type", mq => mq.Client.AddAsync(new Typed(Secret, typeof(string))), "Job Typed cannot be written as JSON", "System.Type"),
        Argument("a typed job with a delegate", mq => mq.Client.AddAsync(new Calling(Secret, () => { })), "Job Calling cannot be written as JSON"),
        Argument("a typed job that is a list", mq => mq.Client.AddAsync(new Listed { Secret }), "Job Listed must be written as a JSON object"),
    ];

    private static BadCall Text(string name, string json, params string[] says) =>
        Argument($"arguments of {name}", mq => mq.Client.AddAsync("a", JobArgs.FromJson(json)), says);

    private static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)JsonSerializerOptions.Default.GetTypeInfo(typeof(T));

    private static JobArgs Deep(int depth)
    {
        JobArgs args = [1];
        for (int i = 1; i < depth; i++)
            args = JobArgs.Create([args]);
        return args;
    }

    private static JsonElement DeepElement(int depth)
    {
        using JsonDocument document = JsonDocument.Parse(new string('[', depth) + new string(']', depth), new() { MaxDepth = depth });
        return document.RootElement.Clone();
    }

    private static JsonElement GoneElement()
    {
        using JsonDocument document = JsonDocument.Parse("[1]");
        return document.RootElement;
    }

    private sealed record Nameless(string Text) : IJob;

    [Job("parent")]
    private record Parent(string Text) : IJob;

    private sealed record Heir(string Text) : Parent(Text);

    [Job("two words")]
    private sealed record BadlyNamed(string Text) : IJob;

    [Job("a", Retries = -2)]
    private sealed record BadlyRetried(string Text) : IJob;

    [Job("a", TimeoutSeconds = 3_000_000)]
    private sealed record BadlyTimed(string Text) : IJob;

    [Job("a")]
    private sealed record Measured(string Text, double Value) : IJob;

    [Job("a")]
    private sealed record Typed(string Text, Type Type) : IJob;

    [Job("a")]
    private sealed record Calling(string Text, Action Call) : IJob;

    [Job("a")]
    private sealed class Listed : List<string>, IJob;

    [Job("a")]
    private sealed class Chain : IJob
    {
        public string Text { get; } = Secret;

        public Chain? Next { get; set; }

        public static Chain Cycle()
        {
            var chain = new Chain();
            chain.Next = chain;
            return chain;
        }

        public static Chain Deep(int depth)
        {
            var chain = new Chain();
            for (int i = 0; i < depth; i++)
                chain = new() { Next = chain };
            return chain;
        }
    }
}
