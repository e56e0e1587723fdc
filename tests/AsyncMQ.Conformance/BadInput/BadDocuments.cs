using System.Text;
using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Raw documents that must be refused. Source: reference behaviour D-02, B-02, N-05; reliability survey S-55.</summary>
public static class BadDocuments
{
    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        Document("no JSON", Secret, "not valid JSON (line 0, byte 0)"),
        Document("nothing", "", "must be a JSON object, but was a Null"),
        Document("an array", $"""["{Secret}"]""", "must be a JSON object, but was a Array"),
        Document("cut off", $$"""{"task":"{{Secret}}""", "not valid JSON"),
        Document("a member twice", $$"""{"task":"t","job_id":"one","job_id":"{{Secret}}"}""", "a member twice"),
        Document("a member of the arguments twice", $$$"""{"task":"t","kwargs":{"a":1,"a":"{{{Secret}}}"}}""", "a member twice"),
        Document("a thousand deep", $$"""{"task":"t","args":{{new string('[', 1_000)}}{{new string(']', 1_000)}}}""", "nested deeper than 64"),
        Document("no name", $$"""{"args":["{{Secret}}"]}""", "needs a name: member 'task_id', 'task' or 'name'"),
        Document("a name that is null", """{"task":null}""", "needs a name"),
        Document("a name that is a number", """{"task":1}""", "Member 'task' of a job document must be a JSON String, but was a Number"),
        Document("two names", """{"task":"a","name":"b"}""", "says 'b', another one 'a'. Give the name once"),
        Document("a bad name", """{"task":"two words"}""", "A job name must not contain white space"),
        Document("a name with a lone surrogate", $$"""{"task":"\ud800","args":["{{Secret}}"]}""", "not well-formed"),
        Document("a member whose name is no text", $$"""{"task":"t","\ud800":"{{Secret}}"}""", "not well-formed"),
        Document("a misspelt member", $$"""{"task":"t","jobid":"{{Secret}}"}""", "Member 'jobid' of a job document is not known. Known are task_id"),
        Document("a dependency that is a number", """{"task":"t","depends_on":["x",1]}""", "Member 'depends_on'", "JSON Strings, but has a Number"),
        Document("a dependency that is no list", $$"""{"task":"t","depends_on":"{{Secret}}"}""", "Member 'depends_on'", "JSON Array, but was a String"),
        Document("a dependency that is nothing", """{"task":"t","depends_on":[""]}""", "The id of a dependency must not be empty"),
        Document("a dependency with a lone surrogate", $$"""{"task":"t","depends_on":["\ud800"],"args":["{{Secret}}"]}""", "not well-formed"),
        Document("a dependency on itself", """{"task":"t","job_id":"a","depends_on":["b","a"]}""", "Job 'a' of queue 'default' depends on itself"),
        Document("dependencies over the limit", $$"""{"task":"t","depends_on":[{{Many(1_001)}}]}""", "at most 1000 others, but got 1001"),
        Document("dependencies of one that is to be kept", """{"task":"t","depends_on":["x"],"deduplication":{"id":"d","keepLastIfActive":true}}""", "DependsOn and KeepLastIfActive are both set"),
        new("a document: a dependency that does not exist", typeof(AddRefusedException), ["depends on default/x, which does not exist"],
            mq => mq.Client.EnqueueAsync(JobPayload.FromJson("""{"task":"t","depends_on":["waiting","x"]}"""))),
        Document("an id of digits", """{"task":"t","job_id":"42"}""", "all digits"),
        Document("an id that is a number", """{"task":"t","job_id":42}""", "Member 'job_id'", "JSON String, but was a Number"),
        Document("an id with a colon", """{"task":"t","opts":{"jobId":"a:b"}}""", "contains ':'"),
        Document("two ids", """{"task":"t","id":"a","opts":{"jobId":"b"}}""", "Give the id once"),
        Document("positional and named arguments", $$$"""{"task":"t","args":[1],"kwargs":{"a":"{{{Secret}}}"}}""", "both positional ('args') and named ('kwargs')"),
        Document("positional arguments that are an object", $$$"""{"task":"t","args":{"a":"{{{Secret}}}"}}""", "Member 'args'", "JSON Array, but was a Object"),
        Document("named arguments that are an array", $$"""{"task":"t","kwargs":["{{Secret}}"]}""", "Member 'kwargs'", "JSON Object, but was a Array"),
        Document("data that is a text", $$"""{"name":"t","data":"{{Secret}}"}""", "Member 'data'"),
        Document("a bad queue", """{"task":"t","queue":"a b"}""", "A queue name"),
        Document("a fraction of a retry", """{"task":"t","retries":1.5}""", "Member 'retries'", "whole 32-bit number"),
        Document("retries as text", """{"task":"t","retries":"3"}""", "Member 'retries'"),
        Ranged("negative retries", """{"task":"t","retries":-1}""", "Retries must be 0 to 1 000 000"),
        Document("a priority over 32 bits", """{"task":"t","priority":3000000000}""", "Member 'priority'", "32-bit"),
        Ranged("a negative delay", """{"task":"t","delay":-1}""", "Delay must be zero to 100 years"),
        Document("an endless delay", """{"task":"t","delay":1e300}""", "Member 'delay'", "at most 100 years"),
        Document("a delay beyond numbers", """{"task":"t","delay":1e999}""", "Member 'delay'"),
        Document("a delay as text", """{"task":"t","delay":"5"}""", "Member 'delay' of a job document must be a number"),
        Document("a negative time", """{"task":"t","delay_until":-1}""", "Member 'delay_until'", "Unix time"),
        Document("a time in milliseconds", """{"task":"t","delay_until":1700000000000}""", "Unix time in seconds"),
        Ranged("no time to live", """{"task":"t","ttl":0}""", "TimeToLive must be longer than zero"),
        Document("a time to live shorter than its delay", """{"task":"t","ttl":1,"delay":2}""", "must be longer than Delay"),
        Document("a negative back-off", """{"task":"t","backoff":-1}""", "Member 'backoff'", "must not be negative"),
        Document("a back-off of BullMQ's that nobody knows", """{"name":"t","opts":{"backoff":{"type":"lunar","delay":1}}}""", "'lunar' is not known: 'fixed' or 'exponential'"),
        Document("a misspelt option", $$$"""{"name":"t","opts":{"dealy":"{{{Secret}}}"}}""", "Member 'dealy' of 'opts'"),
        Document("options that are no object", $$"""{"name":"t","opts":"{{Secret}}"}""", "Member 'opts'"),
        Document("negative attempts", """{"name":"t","opts":{"attempts":-3}}""", "'attempts'", "must not be negative"),
        Document("a repeated job", """{"name":"t","opts":{"repeat":{"every":1000}}}""", "Member 'repeat' of 'opts'"),
        Document("deduplication that is no object", $$"""{"task":"t","deduplication":"{{Secret}}"}""", "Member 'deduplication'", "JSON Object"),
        Document("deduplication without an id", """{"task":"t","deduplication":{"ttl":5}}""", "'deduplication' needs an 'id'"),
        Document("deduplication with an empty id", """{"task":"t","debounce":{"id":""}}""", "A deduplication id must not be empty"),
        Ranged("deduplication without a window", """{"task":"t","debounce":{"id":"d","ttl":0}}""", "A deduplication window"),
        Document("a window of true", """{"task":"t","deduplication":{"id":"d","ttl":true}}""", "Member 'ttl'", "must be a number"),
        Document("a flag of one", """{"task":"t","deduplication":{"id":"d","replace":1}}""", "Member 'replace'", "true or false"),
        Document("a misspelt flag", """{"task":"t","deduplication":{"id":"d","extends":true}}""", "Member 'extends' of 'deduplication' is not known"),
        Argument("a document: another queue than the one it is added through", mq => mq.Queue("here").EnqueueAsync(JobPayload.FromJson("""{"task":"t","queue":"there"}""")), "says queue 'there'", "through queue 'here'"),
        Argument("a document: the end of time", mq => mq.Client.EnqueueAsync(JobPayload.FromJson("""{"task":"t"}"""), DateTimeOffset.MaxValue), "RunAt"),
        Argument("a document: bytes that are not UTF-8 in its name", mq => mq.Client.EnqueueAsync(Bytes("{\"task\":\"", "\"}")), "not well-formed"),
        Argument("a document: bytes that are not UTF-8 in its arguments", mq => mq.Client.EnqueueAsync(Bytes("{\"task\":\"t\",\"args\":[\"" + Secret, "\"]}")), "UTF-8"),
        Argument("a document: a lone surrogate", mq => mq.Client.EnqueueAsync(JobPayload.FromJson("{\"task\":\"\ud800\"}")), "A job document", "lone surrogate (U+D800) at position 9"),
        Argument("a document: default(JobPayload)", mq => mq.Client.EnqueueAsync(default), "must be a JSON object"),
        Null("a document: no text", mq => mq.Client.EnqueueAsync(JobPayload.FromJson(null!))),
        TooLarge("a document: one byte over the limit", mq => mq.Client.EnqueueAsync(JobPayload.FromUtf8(new byte[(1 << 20) + 1])), "The job document is 1048577 bytes, over the limit of 1048576"),
    ];

    private static BadCall Document(string name, string json, params string[] says) =>
        Argument($"a document: {name}", mq => mq.Client.EnqueueAsync(JobPayload.FromJson(json)), says);

    private static BadCall Ranged(string name, string json, params string[] says) =>
        OutOfRange($"a document: {name}", mq => mq.Client.EnqueueAsync(JobPayload.FromJson(json)), says);

    private static string Many(int ids) => string.Join(',', Enumerable.Range(0, ids).Select(i => $"\"x{i}\""));

    private static JobPayload Bytes(string before, string after) => JobPayload.FromUtf8((byte[])[.. Encoding.UTF8.GetBytes(before), 0xFF, .. Encoding.UTF8.GetBytes(after)]);
}
