using static AsyncMQ.Conformance.BadCall;

namespace AsyncMQ.Conformance;

/// <summary>Schedules and repeatables that must be refused, and calls on them. Source, where a bad schedule was stored and stopped the others.</summary>
public static class BadSchedules
{
    private const string FieldsAre = "A cron expression has 5 fields (minute, hour, day-of-month, month, day-of-week), or 6 with seconds in front";

    public static TheoryData<string> Names => NamesOf(All);

    public static IReadOnlyList<BadCall> All { get; } =
    [
        .. Crons.Select(bad => Argument($"a cron expression {bad.What}", Upsert(() => Schedule.Cron(bad.Cron)), [.. bad.Says])),
        .. Zones.Select(bad => Argument($"a time zone {bad.What}", Upsert(() => Schedule.Cron("@daily", bad.Zone)), "is unknown. Use a name of the IANA database, as 'Europe/Berlin', or leave it out for UTC")),
        Null("no cron expression", Upsert(() => Schedule.Cron(null!))),

        OutOfRange("an interval of nothing", Upsert(() => Schedule.Every(TimeSpan.Zero)), "An interval must be longer than zero and at most 100 years, but was 00:00:00"),
        OutOfRange("a negative interval", Upsert(() => Schedule.Every(-1.Seconds())), "longer than zero", "but was -00:00:01"),
        OutOfRange("an infinite interval", Upsert(() => Schedule.Every(Timeout.InfiniteTimeSpan)), "longer than zero"),
        OutOfRange("the shortest interval of all", Upsert(() => Schedule.Every(TimeSpan.MinValue)), "longer than zero"),
        OutOfRange("an interval of a tick", Upsert(() => Schedule.Every(TimeSpan.FromTicks(1))), "An interval must be whole milliseconds, at least one, but was 00:00:00.0000001"),
        OutOfRange("an interval with a part of a millisecond", Upsert(() => Schedule.Every(TimeSpan.FromTicks(15_000))), "whole milliseconds"),
        OutOfRange("an interval over 100 years", Upsert(() => Schedule.Every(TimeSpan.FromDays(36_526))), "at most 100 years"),
        OutOfRange("the longest interval of all", Upsert(() => Schedule.Every(TimeSpan.MaxValue)), "at most 100 years"),

        OutOfRange("a start at the end of time", Upsert(() => Hourly with { Start = DateTimeOffset.MaxValue }), "Start must be within about 100 years, but was 9999-12-31"),
        Argument("an end before the start", Upsert(() => Hourly with { Start = Year(2100), End = Year(2099) }), "End (2099-01-01T00:00:00.0000000+00:00) is before Start (2100-01-01", "would never fire"),
        Argument("an end that is over", Upsert(() => Hourly with { End = Year(2001) }), "would never run", "its End (2001-01-01T00:00:00.0000000+00:00) is over"),
        Argument("an end before the first time", Upsert(() => Schedule.Every(36_525.Days()) with { End = Year(2100) }), "would never run", "comes before its next time"),
        Argument("an end between two times of a cron expression", Upsert(() => Schedule.Cron("0 0 29 2 *") with { Start = Year(2097), End = Year(2103) }), "would never run"),
        OutOfRange("no runs", Upsert(() => Hourly with { MaxRuns = 0 }), "MaxRuns must be at least 1, but was 0. Null is unlimited; pause or remove what is not to run"),
        OutOfRange("negative runs", Upsert(() => Hourly with { MaxRuns = -1 }), "MaxRuns must be at least 1, but was -1"),
        OutOfRange("a negative jitter", Upsert(() => Hourly with { Jitter = -1.Seconds() }), "Jitter must be zero to 100 years, but was -00:00:01"),
        OutOfRange("an endless jitter", Upsert(() => Hourly with { Jitter = TimeSpan.MaxValue }), "Jitter must be zero to 100 years"),
        Null("no rule for missed runs", Upsert(() => Hourly with { Missed = null! })),
        OutOfRange("no missed runs to make up for", Upsert(() => Hourly with { Missed = MissedRuns.RunAll(0) }), "1 to 1 000, but were 0", "MissedRuns.Skip makes up for none"),
        OutOfRange("negative missed runs to make up for", Upsert(() => Hourly with { Missed = MissedRuns.RunAll(-1) }), "1 to 1 000, but were -1"),
        OutOfRange("1 001 missed runs to make up for", Upsert(() => Hourly with { Missed = MissedRuns.RunAll(1_001) }), "1 to 1 000, but were 1001"),
        OutOfRange("a rule for overlaps that is none", Upsert(() => Hourly with { Overlap = (OverlapPolicy)2 }), "2 is not an overlap policy. Allow and Skip are"),

        .. Ids.Select(bad => Argument($"a repeatable id {bad.What}", mq => mq.Queue().UpsertRepeatableAsync(bad.Text, Hourly, Work), bad.Says)),
        .. Ids.Select(bad => Argument($"a local repeatable's id {bad.What}", Local(bad.Text), bad.Says)),
        .. Ids.Select(bad => Argument($"a configured repeatable's id {bad.What}", Configured(mq => mq.AddRepeatable(bad.Text, Hourly, Work)), bad.Says)),
        Null("a repeatable without an id", mq => mq.Queue().UpsertRepeatableAsync(null!, Hourly, Work)),
        Null("a local repeatable without an id", Local(null!)),
        Null("a configured repeatable without an id", Configured(mq => mq.AddRepeatable(null!, Hourly, Work))),
        Null("a repeatable without a schedule", mq => mq.Queue().UpsertRepeatableAsync("r", null!, Work)),
        Null("a local repeatable without a schedule", Started(queue => queue.AddLocalRepeatable("r", null!, Work))),
        Null("a configured repeatable without a schedule", Configured(mq => mq.AddRepeatable("r", null!, Work))),
        Null("a repeatable without a job", mq => mq.Queue().UpsertRepeatableAsync("r", Hourly, null!)),
        Null("a local repeatable without a job", Started(queue => queue.AddLocalRepeatable("r", Hourly, null!))),
        Null("a configured local repeatable without a job", Configured(mq => mq.AddLocalRepeatable("r", Hourly, null!))),

        .. Everywhere("a job id", new() { JobId = "own" }, "cannot have a JobId ('own')", "each occurrence has an id of its own"),
        .. Everywhere("a time", new() { RunAt = DateTimeOffset.UnixEpoch }, "cannot have RunAt: its schedule says when it runs"),
        .. Everywhere("a delay", new() { Delay = 1.Seconds() }, "cannot have a Delay", "Jitter delays each job by chance"),
        .. Everywhere("a dependency", new() { DependsOn = [new("default", "waiting")] }, "cannot have DependsOn", "Let it add a flow"),
        Argument("a repeatable with a document that depends on a job", mq => mq.Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.FromJson("""{"task":"t","depends_on":["waiting"]}""")), "cannot have DependsOn"),
        Argument("a repeatable with a document that has an id", mq => mq.Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.FromJson("""{"task":"t","job_id":"own"}""")), "cannot have a JobId ('own')"),
        Argument("a time to live as long as the jitter", mq => mq.Queue().UpsertRepeatableAsync("r", Hourly with { Jitter = 5.Minutes() }, WorkWith(new() { TimeToLive = 5.Minutes() })), "TimeToLive (00:05:00) must be longer than Jitter (00:05:00)", "could expire before it may start"),
        OutOfRange("a repeatable with a negative time to live", mq => mq.Queue().UpsertRepeatableAsync("r", Hourly, WorkWith(new() { TimeToLive = -1.Seconds() })), "TimeToLive"),
        OutOfRange("a repeatable with negative retries", mq => mq.Queue().UpsertRepeatableAsync("r", Hourly, WorkWith(new() { Retries = -1 })), "Retries must be 0 to 1 000 000, but was -1"),
        OutOfRange("a configured repeatable with negative retries", Configured(mq => mq.AddRepeatable("r", Hourly, WorkWith(new() { Retries = -1 }))), "Retries must be 0 to 1 000 000, but was -1"),
        TooLarge("a repeatable with a job over the limit", mq => mq.Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.Of("work", [new string('x', 1 << 20)])), "limit of 1048576"),
        Argument("a repeatable with a bad job name", mq => mq.Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.Of("two words", [Secret])), "A job name must not contain white space"),
        Argument("a repeatable with a job type without a name", mq => mq.Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.Of(new Nameless())), "has no [Job(\"name\")] attribute"),
        Argument("a configured repeatable with a job type without a name", Configured(mq => mq.AddRepeatable("r", Hourly, JobSpec.Of(new Nameless()))), "has no [Job(\"name\")] attribute"),
        Argument("a repeatable with a job for another queue", mq => mq.Queue("here").UpsertRepeatableAsync("r", Hourly, Work with { Queue = "there" }), "says queue 'there'", "through queue 'here'"),
        Argument("a repeatable in a queue with a bad name", mq => mq.Client.GetQueue("two words").UpsertRepeatableAsync("r", Hourly, Work), "A queue name must not contain white space"),

        Argument("an id twice in the configuration", Configured(mq => mq.AddRepeatable("r", Hourly, Work).AddRepeatable("r", Hourly, Work)), "Queue 'default' has a repeatable 'r' already. Give each an id of its own"),
        Argument("a local id twice in the configuration", Configured(mq => mq.AddLocalRepeatable("r", Hourly, Work).AddLocalRepeatable("r", Hourly, Work)), "has a repeatable 'r' already"),
        Argument("a local id twice", Started(queue => { queue.AddLocalRepeatable("r", Hourly, Work); queue.AddLocalRepeatable("r", Hourly, Work); }), "has a local repeatable 'r' in this process already. Dispose that one first"),
        Invalid("a configured repeatable that would never run", AtStart(mq => mq.AddRepeatable("r", Hourly with { End = Year(2001) }, Work)), "Repeatable 'r' of queue 'default' was refused: The schedule would never run", "is over"),
        Invalid("a configured repeatable with a job over the limit", AtStart(mq => mq.AddRepeatable("r", Hourly, JobSpec.Of("work", [new string('x', 1 << 20)]))), "Repeatable 'r' of queue 'default'", "limit of 1048576"),

        Null("no repeatable to get", mq => mq.Queue().GetRepeatableAsync(null!)),
        Null("no repeatable to pause", mq => mq.Queue().PauseRepeatableAsync(null!)),
        Null("no repeatable to resume", mq => mq.Queue().ResumeRepeatableAsync(null!)),
        Null("no repeatable to remove", mq => mq.Queue().RemoveRepeatableAsync(null!)),
        Null("no repeatable to trigger", mq => mq.Queue().TriggerRepeatableAsync(null!)),
        Null("no repeatable whose history to get", mq => mq.Queue().GetRepeatableHistoryAsync(null!)),
        OutOfRange("a history of nothing", mq => mq.Queue().GetRepeatableHistoryAsync("kept", 0), "Take must be 1 to 50, but was 0"),
        OutOfRange("a history of 51", mq => mq.Queue().GetRepeatableHistoryAsync("kept", 51), "Take must be 1 to 50, but was 51"),
        .. new[] { 0, -1, 10_001, int.MaxValue }.Select(count => OutOfRange($"{count} occurrences of a schedule", Do(() => Hourly.GetOccurrences(Year(2030), count)), $"1 to 10 000, but was {count}")),
        .. new[] { 0, -1, 10_001, int.MaxValue }.Select(count => OutOfRange($"{count} occurrences of a repeatable", async mq => (await mq.Queue().GetRepeatableAsync("kept"))!.GetOccurrences(count), $"1 to 10 000, but was {count}")),
        Argument("occurrences of a schedule that ends before it starts", Do(() => (Hourly with { Start = Year(2100), End = Year(2099) }).GetOccurrences(Year(2030), 1)), "is before Start"),
        .. Calls.Select(call => new BadCall($"{call.What} with a cancelled token", typeof(OperationCanceledException), [], mq => call.Do(mq.Queue(), new(canceled: true)))),
        .. Calls.Select(call => Disposed(call.What, queue => call.Do(queue, default))),
        Disposed("a local repeatable", queue => { queue.AddLocalRepeatable("r", Hourly, Work); return Task.CompletedTask; }),
    ];

    private static IEnumerable<(string What, string Cron, string[] Says)> Crons =>
    [
        ("with minute 60", "60 * * * *", ["The minute field of cron expression '60 * * * *' is '60'", "0-59"]),
        ("with minute -1", "-1 * * * *", ["minute field", "'-1'"]),
        ("with hour 24", "0 24 * * *", ["hour field", "'24'", "0-23"]),
        ("with day 0", "0 0 0 * *", ["day-of-month field", "'0'", "1-31"]),
        ("with day 32", "0 0 32 * *", ["day-of-month field", "'32'", "1-31"]),
        ("with month 0", "0 0 1 0 *", ["month field", "'0'", "1-12 or JAN-DEC"]),
        ("with month 13", "0 0 1 13 *", ["month field", "'13'", "1-12 or JAN-DEC"]),
        ("with weekday 8", "0 0 * * 8", ["day-of-week field", "'8'", "0-7 or SUN-SAT"]),
        ("with second 61", "61 * * * * *", ["second field", "'61'", "0-59"]),
        ("with H", "H 3 * * *", ["minute field", "'H'", "there is no H: use Jitter"]),
        ("with a step of zero", "*/0 * * * *", ["minute field", "'*/0'", "steps (*/2)"]),
        ("with a number without end", new string('9', 500) + " * * * *", ["minute field", "…"]),
        ("of four fields", "* * * *", [FieldsAre, "'* * * *' has 4"]),
        ("of seven fields", "* * * * * * *", [FieldsAre, "has 7"]),
        ("of no fields", "", [FieldsAre, "'' has 0"]),
        ("of white space", " \t ", [FieldsAre, "has 0"]),
        ("of words", "every day at noon !", ["minute field", "'every'"]),
        ("of no macro", "@never", ["Cron macro '@never' is unknown. There are @every_second", "@daily"]),
        ("with a NUL", "0 0 * *\0 *", ["month field", "'*?'"]),
        ("with a line break in place of a space", "0 0\n* * *", [FieldsAre, "has 4"]),
        ("with a right-to-left override", "\u202e0 0 * * *", ["minute field", "'?0'"]),
        ("with digits of another script", "٣ * * * *", ["minute field", "0-59"]),
        ("with a lone surrogate", "0 0 * * \ud800", ["day-of-week field", "'?'"]),
        ("of 31 February", "0 0 31 2 *", ["'0 0 31 2 *' never comes true: none of its months has such a day"]),
        ("of 31 November", "0 0 31 NOV *", ["never comes true"]),
        ("of 1 001 characters", "* * * * " + new string('*', 993), ["at most 1 000 characters, but got 1001"]),
        ("of a megabyte", new string('*', 1 << 20), ["at most 1 000 characters, but got 1048576"]),
    ];

    private static IEnumerable<(string What, string Zone)> Zones =>
    [
        ("of no letters", ""),
        ("of a space", " "),
        ("that no place has", "Mars/Olympus"),
        ("in small letters", "europe/berlin"),
        ("with a space before", " Europe/Berlin"),
        ("that is a folder", "Europe"),
        ("that is a path", "../../etc/passwd"),
        ("of a Windows machine", "W. Europe Standard Time"),
        ("that is an offset", "+01:00"),
        ("with a NUL", "Europe/Berlin\0"),
        ("with an escape sequence", "\e[2J"),
        ("of a megabyte", new string('x', 1 << 20)),
    ];

    private static IEnumerable<(string What, string Text, string[] Says)> Ids =>
    [
        .. BadTexts.Everywhere.Select(bad => (bad.What, bad.Text, (string[])["A repeatable's id", bad.Says])),
        ("of a space", " ", ["white space"]),
        ("with a space at its end", "a ", ["must not begin or end with white space"]),
        ("with an at sign before", "@a", ["Repeatable id '@a' begins with '@', as the ids of its jobs do"]),
        ("of 201 characters", new string('x', 201), ["at most 200 bytes"]),
        ("of 202 bytes in 101 characters", new string('ä', 101), ["at most 200 bytes", "has 202"]),
    ];

    private static IEnumerable<(string What, Func<IJobQueue, CancellationToken, Task> Do)> Calls =>
    [
        ("an upsert", (queue, token) => queue.UpsertRepeatableAsync("r", Hourly, Work, null, token)),
        ("an upsert of one that is there", (queue, token) => queue.UpsertRepeatableAsync("kept", Hourly, Work, true, token)),
        ("a list of repeatables", (queue, token) => queue.GetRepeatablesAsync(token)),
        ("a look at a repeatable", (queue, token) => queue.GetRepeatableAsync("kept", token)),
        ("a pause", (queue, token) => queue.PauseRepeatableAsync("kept", token)),
        ("a resumption", (queue, token) => queue.ResumeRepeatableAsync("kept", token)),
        ("a removal", (queue, token) => queue.RemoveRepeatableAsync("kept", token)),
        ("a trigger", (queue, token) => queue.TriggerRepeatableAsync("kept", token)),
        ("a history", (queue, token) => queue.GetRepeatableHistoryAsync("kept", 50, token)),
    ];

    private static Schedule Hourly => Schedule.Every(1.Hours());

    private static JobSpec Work => WorkWith(new());

    private static JobSpec WorkWith(JobOptions options) => JobSpec.Of("work", [Secret], options);

    private static Func<AsyncMQHost, Task> Upsert(Func<Schedule> schedule) => mq => mq.Queue().UpsertRepeatableAsync("r", schedule(), Work);

    private static Func<AsyncMQHost, Task> Local(string id) => Started(queue => queue.AddLocalRepeatable(id, Hourly, Work));

    private static Func<AsyncMQHost, Task> Started(Action<IJobQueue> add) => async mq =>
    {
        await mq.Client.GetQueuesAsync();
        add(mq.Queue());
    };

    private static Func<AsyncMQHost, Task> Do(Action action) => _ =>
    {
        action();
        return Task.CompletedTask;
    };

    private static Func<AsyncMQHost, Task> Configured(Action<AsyncMQBuilder> add) => async _ =>
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(builder => add(builder.UseInMemory()));
    };

    private static Func<AsyncMQHost, Task> AtStart(Action<AsyncMQBuilder> add) => async _ =>
    {
        await using AsyncMQHost mq = AsyncMQHost.Create(builder => add(builder.UseInMemory().AddHandler("work", (_, _) => Task.CompletedTask).AddWorker("default")));
        await mq.StartAsync();
    };

    /// <summary>Options that the job of a repeatable cannot have, wherever they are said.</summary>
    private static IEnumerable<BadCall> Everywhere(string what, JobOptions options, params string[] says) =>
    [
        Argument($"a repeatable whose job has {what}", mq => mq.Queue().UpsertRepeatableAsync("r", Hourly, WorkWith(options)), says),
        Argument($"a local repeatable whose job has {what}", Started(queue => queue.AddLocalRepeatable("r", Hourly, WorkWith(options))), says),
        Argument($"a configured repeatable whose job has {what}", Configured(mq => mq.AddRepeatable("r", Hourly, WorkWith(options))), says),
    ];

    private static BadCall Disposed(string name, Func<IJobQueue, Task> call) => new($"{name} after the host was disposed", typeof(ObjectDisposedException), [], async mq =>
    {
        await mq.Client.GetQueuesAsync();
        await mq.DisposeAsync();
        await call(mq.Queue());
    });

    private static DateTimeOffset Year(int year) => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private sealed record Nameless : IJob;
}
