namespace AsyncMQ.Conformance.Operating;

/// <summary>
/// Every operation on a job in every state: docs/operations.md as a test. A cell reads "outcome, state after"; for a running job also the state once its
/// handler has returned. Source: A-13 … A-19, K-04, DL-04, CN-01.
/// </summary>
public abstract class OperationsTableTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private const string Unknown = "no such job";
    private const string Gone = "gone";

    private const string Table = """
        | operation           | Waiting              | Delayed              | WaitingChildren             | Active                        | Completed            | Failed               | Expired              | Cancelled            | no such job     |
        | RemoveJob           | Done, gone           | Done, gone           | Done, gone                  | Done, gone, gone              | Done, gone           | Done, gone           | Done, gone           | Done, gone           | NotFound, gone  |
        | RemoveDelayed       | False, Waiting       | True, gone           | False, WaitingChildren      | False, Active, Completed      | False, Completed     | False, Failed        | False, Expired       | False, Cancelled     | False, gone     |
        | CancelJob           | Done, Cancelled      | Done, Cancelled      | Done, Cancelled             | Requested, Active, Cancelled  | WrongState, Completed| WrongState, Failed   | WrongState, Expired  | WrongState, Cancelled| NotFound, gone  |
        | RetryJob            | WrongState, Waiting  | WrongState, Delayed  | WrongState, WaitingChildren | WrongState, Active, Completed | WrongState, Completed| Done, Waiting        | Done, Waiting        | Done, Waiting        | NotFound, gone  |
        | PromoteJob          | WrongState, Waiting  | Done, Waiting        | WrongState, WaitingChildren | WrongState, Active, Completed | WrongState, Completed| WrongState, Failed   | WrongState, Expired  | WrongState, Cancelled| NotFound, gone  |
        | Reschedule later    | Done, Delayed        | Done, Delayed        | WrongState, WaitingChildren | WrongState, Active, Completed | WrongState, Completed| WrongState, Failed   | WrongState, Expired  | WrongState, Cancelled| NotFound, gone  |
        | Reschedule now      | Done, Waiting        | Done, Waiting        | WrongState, WaitingChildren | WrongState, Active, Completed | WrongState, Completed| WrongState, Failed   | WrongState, Expired  | WrongState, Cancelled| NotFound, gone  |
        | Reschedule to past  | Done, Waiting        | Done, Waiting        | WrongState, WaitingChildren | WrongState, Active, Completed | WrongState, Completed| WrongState, Failed   | WrongState, Expired  | WrongState, Cancelled| NotFound, gone  |
        | Add                 | Duplicate, Waiting   | Duplicate, Delayed   | Duplicate, WaitingChildren  | Duplicate, Active, Completed  | Duplicate, Completed | Duplicate, Failed    | Duplicate, Expired   | Created, Waiting     | Created, Waiting|
        | Drain               | 1, gone              | 0, Delayed           | 0, WaitingChildren          | 0, Active, Completed          | 0, Completed         | 0, Failed            | 0, Expired           | 0, Cancelled         | 0, gone         |
        | Drain delayed too   | 1, gone              | 1, gone              | 0, WaitingChildren          | 0, Active, Completed          | 0, Completed         | 0, Failed            | 0, Expired           | 0, Cancelled         | 0, gone         |
        | Clean its state     | 1, gone              | 1, gone              | 1, gone                     | refused, Active, Completed    | 1, gone              | 1, gone              | 1, gone              | 1, gone              | 0, gone         |
        | Clean another state | 0, Waiting           | 0, Delayed           | 0, WaitingChildren          | 0, Active, Completed          | 0, Completed         | 0, Failed            | 0, Expired           | 0, Cancelled         | 0, gone         |
        | Obliterate          | 1, gone              | 1, gone              | 1, gone                     | refused, Active, Completed    | 1, gone              | 1, gone              | 1, gone              | 1, gone              | 0, gone         |
        | Obliterate by force | 1, gone              | 1, gone              | 1, gone                     | 1, gone, gone                 | 1, gone              | 1, gone              | 1, gone              | 1, gone              | 0, gone         |
        | Remove any          | 1, gone              | 1, gone              | 1, gone                     | 0, Active, Completed          | 1, gone              | 1, gone              | 1, gone              | 1, gone              | 0, gone         |
        | Remove its state    | 1, gone              | 1, gone              | 1, gone                     | 1, gone, gone                 | 1, gone              | 1, gone              | 1, gone              | 1, gone              | 0, gone         |
        | Remove by id        | 1, gone              | 1, gone              | 1, gone                     | 0, Active, Completed          | 1, gone              | 1, gone              | 1, gone              | 1, gone              | 0, gone         |
        | Retry any           | 0, Waiting           | 0, Delayed           | 0, WaitingChildren          | 0, Active, Completed          | 0, Completed         | 1, Waiting           | 1, Waiting           | 1, Waiting           | 0, gone         |
        | Cancel any          | 1, Cancelled         | 1, Cancelled         | 1, Cancelled                | 1, Active, Cancelled          | 0, Completed         | 0, Failed            | 0, Expired           | 0, Cancelled         | 0, gone         |
        | Promote any         | 0, Waiting           | 1, Waiting           | 0, WaitingChildren          | 0, Active, Completed          | 0, Completed         | 0, Failed            | 0, Expired           | 0, Cancelled         | 0, gone         |
        """;

    private static readonly string[] ChangesNothing = ["NotFound", "WrongState", "False", "Duplicate", "0", "refused"];

    public static TheoryData<string, string, string> Cells
    {
        get
        {
            string[][] rows = [.. Table.Split('\n').Select(line => line.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
            TheoryData<string, string, string> cells = [];
            foreach (string[] row in rows[1..])
            {
                for (int column = 1; column < row.Length; column++)
                    cells.Add(row[0], rows[0][column], row[column]);
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    [Trait("reference", "A-13, A-14, A-15, A-16, A-17, A-18, A-19, K-04, DL-04, CN-01, CN-02")]
    public async Task An_operation_does_to_a_job_what_the_table_says(string operation, string state, string cell)
    {
        await using AsyncMQHost mq = Store.Host();
        JobState? before = state == Unknown ? null : Enum.Parse<JobState>(state);
        (Worker Worker, ClaimedJob Claim)? run = before is { } known ? await Store.Bring("a", known) : null;
        if (before is null)
            await Store.Add(Job("other").In("other"));
        JobRecord? record = await Store.Find("a");
        string[] expected = cell.Split(", ");

        string outcome = await Do(operation, mq.Queue(), before);

        Assert.Equal(expected[0], outcome);
        Assert.Equal(expected[1], await StateOf("a"));
        if (ChangesNothing.Contains(outcome))
            Assert.Equal(Facts(record), Facts(await Store.Find("a")));
        if (before == JobState.Active)
        {
            await run!.Value.Worker.Complete(run.Value.Claim, "late");
            Assert.Equal(expected[2], await StateOf("a"));
        }
    }

    [Fact]
    public void The_table_has_every_state_that_a_job_can_be_brought_to() => Assert.Equal(
        Lives.AllStates.Select(state => state.ToString()).Append(Unknown).Order(StringComparer.Ordinal),
        Cells.Select(cell => cell.Data.Item2).Distinct().Order(StringComparer.Ordinal));

    private async Task<string> StateOf(string id) => (await Store.StateOf(id))?.ToString() ?? Gone;

    private static (JobState, PageKey, int, DateTimeOffset, DateTimeOffset?, DateTimeOffset?, bool)? Facts(JobRecord? job) =>
        job is null ? null : (job.State, job.Key, job.Attempt, job.AddedAt, job.DueAt, job.FinishedAt, job.CancelRequested);

    private static async Task<string> Do(string operation, IJobQueue queue, JobState? before)
    {
        JobState its = before ?? JobState.Waiting;
        JobState another = its == JobState.Completed ? JobState.Failed : JobState.Completed;
        JobQuery any = new();
        try
        {
            switch (operation)
            {
                case "RemoveDelayed":
                    return (await queue.RemoveDelayedAsync("a")).ToString();
                case "Add":
                    return (await queue.AddAsync("work", null, new() { JobId = "a" })).Outcome.ToString();
                case "RemoveJob" or "CancelJob" or "RetryJob" or "PromoteJob" or "Reschedule later" or "Reschedule now" or "Reschedule to past":
                    JobChangeReply reply = await DoToOne(operation, queue);
                    Assert.Equal(before, reply.Before);
                    return reply.Outcome.ToString();
            }

            long changed = await (operation switch
            {
                "Drain" => queue.DrainAsync(),
                "Drain delayed too" => queue.DrainAsync(includeDelayed: true),
                "Clean its state" => queue.CleanAsync(its),
                "Clean another state" => queue.CleanAsync(another),
                "Obliterate" => queue.ObliterateAsync(),
                "Obliterate by force" => queue.ObliterateAsync(force: true),
                "Remove any" => queue.RemoveAsync(any),
                "Remove its state" => queue.RemoveAsync(new() { States = [its] }),
                "Remove by id" => queue.RemoveAsync(new() { Id = "a" }),
                "Retry any" => queue.RetryAsync(any),
                "Cancel any" => queue.CancelAsync(any),
                "Promote any" => queue.PromoteAsync(any),
                _ => throw new ArgumentException(operation),
            });
            return changed.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is QueueNotEmptyException || (e is ArgumentException && operation.StartsWith("Clean", StringComparison.Ordinal)))
        {
            return "refused";
        }
    }

    private static Task<JobChangeReply> DoToOne(string operation, IJobQueue queue) => operation switch
    {
        "RemoveJob" => queue.RemoveJobAsync("a"),
        "CancelJob" => queue.CancelJobAsync("a"),
        "RetryJob" => queue.RetryJobAsync("a"),
        "PromoteJob" => queue.PromoteJobAsync("a"),
        "Reschedule later" => queue.RescheduleJobAsync("a", 5.Hours()),
        "Reschedule now" => queue.RescheduleJobAsync("a", TimeSpan.Zero),
        _ => queue.RescheduleJobAsync("a", DateTimeOffset.UnixEpoch),
    };
}
