namespace AsyncMQ.Conformance;

/// <summary>Raw documents in the reference's spelling and in BullMQ's. Source: reference behaviour J-02, J-03, B-02, N-01, N-02.</summary>
public abstract class EnqueueTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task The_references_spelling_is_understood()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.EnqueueAsync(JobPayload.FromJson("""
            {"task_id": "send_email", "args": ["a@b.c", 1.0], "job_id": "one", "retries": 2, "ttl": 90.5, "backoff": 1.5, "priority": 1, "delay": 30,
             "queue": "mail", "deduplication": {"id": "cus:1", "ttl": 60, "extend": true, "replace": true}}
            """));

        Assert.Equal("mail/one (Created)", handle.ToString());
        JobInfo job = await mq.Get(handle.Ref);
        Assert.Equal(("send_email", """["a@b.c", 1.0]""", 2, 1), (job.Name, job.Args.Text(), job.Retries, job.Priority));
        Assert.Equal(JobState.Delayed, job.State);
        Assert.Equal(job.AddedAt + 30.Seconds(), job.DueAt!.Value, 1.Milliseconds());
        Assert.Equal(job.AddedAt + TimeSpan.FromSeconds(90.5), job.ExpiresAt!.Value, 1.Milliseconds());
        Assert.Equal("one", await mq.Queue("mail").GetDeduplicationJobIdAsync("cus:1"));
    }

    [Fact]
    public async Task Bullmqs_spelling_is_understood()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.EnqueueAsync(JobPayload.FromJson("""
            {"name": "paint", "data": {"colour": "red", "n": 12345678901234567890},
             "opts": {"jobId": "one", "attempts": 3, "backoff": {"type": "exponential", "delay": 1000}, "delay": 5000, "priority": 7,
                      "deduplication": {"id": "d", "ttl": 1500, "keepLastIfActive": true}, "removeOnComplete": true}}
            """));

        JobInfo job = await mq.Get(handle.Ref);
        Assert.Equal("default/one", job.Ref.ToString());
        Assert.Equal(("paint", 2, 7), (job.Name, job.Retries, job.Priority));
        Assert.Equal("""{"colour": "red", "n": 12345678901234567890}""", job.Args.Text());
        Assert.Equal(job.AddedAt + 5.Seconds(), job.DueAt!.Value, 1.Milliseconds());
        Assert.Equal("d", job.DeduplicationId);
    }

    [Theory]
    [InlineData("""{"task":"t","kwargs":{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"task":"t","args":[],"kwargs":{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"task":"t","args":[1],"kwargs":{}}""", "[1]")]
    [InlineData("""{"name":"t","data":[1,2]}""", "[1,2]")]
    [InlineData("""{"name":"t"}""", "")]
    [InlineData("""{"name":"t","args":null,"kwargs":null,"delay":null,"job_id":null,"debounce":null}""", "")]
    public async Task One_kind_of_arguments_is_taken(string document, string args)
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.EnqueueAsync(JobPayload.FromJson(document));

        JobInfo job = await mq.Get(handle.Ref);
        Assert.Equal(("t", args), (job.Name, job.Args.Text()));
    }

    [Fact]
    public async Task A_stored_record_of_the_reference_can_be_added_again()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.EnqueueAsync(JobPayload.FromJson("""
            {"id": "abc", "task": "t", "args": [1], "kwargs": {}, "retries": 1, "max_retries": 4, "backoff": 1.5, "ttl": null, "priority": 5,
             "created_at": 1700000000.1, "last_attempt": null, "status": "waiting", "result": null, "delay_until": null, "repeat_every": null, "depends_on": []}
            """));

        JobInfo job = await mq.Get(handle.Ref);
        Assert.Equal(("abc", 4, JobState.Waiting), (job.Id, job.Retries, job.State));
    }

    [Fact]
    public async Task A_run_time_takes_the_place_of_the_documents_delay()
    {
        await using AsyncMQHost mq = Store.Host();
        DateTimeOffset at = await Store.Now() + 1.Hours();

        JobHandle later = await mq.Client.EnqueueAsync(JobPayload.FromJson("""{"task":"t","delay":5}"""), at);
        JobHandle now = await mq.Client.EnqueueAsync(JobPayload.FromJson("""{"task":"t","delay":5}"""), DateTimeOffset.UnixEpoch);

        Assert.Equal(at, (await mq.Get(later.Ref)).DueAt!.Value, 1.Milliseconds());
        Assert.Equal(JobState.Waiting, (await mq.Get(now.Ref)).State);
    }

    [Fact]
    public async Task An_id_that_exists_is_duplicate_and_never_overwritten()
    {
        await using AsyncMQHost mq = Store.Host();
        await mq.Client.EnqueueAsync(JobPayload.FromJson("""{"task":"t","id":"one","args":[1]}"""));

        JobHandle again = await mq.Client.EnqueueAsync(JobPayload.FromJson("""{"task":"t","id":"one","args":[2]}"""));

        Assert.Equal(AddOutcome.Duplicate, again.Outcome);
        Assert.Equal("[1]", (await mq.Get(again.Ref)).Args.Text());
    }

    [Fact]
    public async Task Through_a_queue_a_document_goes_to_that_queue()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle silent = await mq.Queue("here").EnqueueAsync(JobPayload.FromJson("""{"task":"t"}"""));
        JobHandle agreeing = await mq.Queue("here").EnqueueAsync(JobPayload.FromJson("""{"task":"t","queue":"here"}"""));

        Assert.Equal("here", silent.Ref.Queue);
        Assert.Equal("here", agreeing.Ref.Queue);
    }

    [Fact]
    public async Task A_document_without_options_leaves_all_of_them_unset()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.EnqueueAsync(JobPayload.FromUtf8("""{"task":"t"}"""u8.ToArray()));

        Assert.Null((await mq.Get(handle.Ref)).Retries);
        Assert.Equal(0, (await Store.Get(handle.Id)).Envelope.Length);
    }
}
