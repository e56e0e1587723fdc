using AsyncMQ.Conformance.Working;
using static AsyncMQ.Conformance.Sealing.KeyRings;

namespace AsyncMQ.Conformance.Sealing;

/// <summary>Payloads are encrypted in the store and plain for whoever has the key.</summary>
public abstract class EncryptionTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Whoever_has_the_key_sees_everything_and_the_store_nothing()
    {
        await using AsyncMQHost mq = await Store.Start(mq => Talking(mq.Encrypted(1)).AddWorker(DefaultQueue));

        JobHandle job = await mq.Client.AddAsync("talk", [$"{Secret} arg"], new() { Retries = 1, Backoff = Backoff.None, Headers = new Dictionary<string, string> { ["who"] = "ann" }, Tags = ["mail"] });
        JobResult result = await job.Ends();

        Assert.Equal($"{Secret} arg", result.Get<string>());
        JobInfo info = await mq.Get(job.Ref);
        Assert.Equal($"{Secret} arg", info.Args[0].GetString());
        Assert.Equal($"{Secret} arg", info.Result.Get<string>());
        Assert.Equal(new JobProgress(50, $"{Secret} progress"), info.Progress);
        Assert.Equal([$"{Secret} line 1", $"{Secret} line 2"], info.Logs.Select(line => line.Text));
        Assert.Equal($"{Secret} error", info.Attempts[0].Error!.Message);
        Assert.Equal(("talk", "ann", "mail"), (info.Name, info.Headers["who"], info.Tags[0]));
        Assert.DoesNotContain(Secret, (await Store.Find(job.Id))!.StoredText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_payload_is_never_stored_twice_in_the_same_bytes()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.Encrypted(1));

        foreach (string id in (string[])["a", "b", "c"])
            await mq.Client.AddAsync("work", [Secret], new() { JobId = id });

        string[] stored = [(await Store.Find("a"))!.StoredText(), (await Store.Find("b"))!.StoredText(), (await Store.Find("c"))!.StoredText()];
        Assert.Equal(3, stored.Distinct().Count());
    }

    [Fact]
    public async Task A_reader_without_the_key_is_told_so_and_still_sees_the_job()
    {
        await using AsyncMQHost mq = await Store.Start(mq => Talking(mq.Encrypted(1)).AddWorker(DefaultQueue));
        JobHandle job = await mq.Client.AddAsync("talk", [$"{Secret} arg"], new() { Retries = 1, Backoff = Backoff.None });
        await job.Ends();
        await using AsyncMQHost blind = Store.Host(), other = Store.Host(mq => mq.Encrypted(2));

        foreach (AsyncMQHost reader in (AsyncMQHost[])[blind, other])
        {
            JobInfo info = await reader.Get(job.Ref);
            Assert.Equal((JobState.Completed, "talk", 50), (info.State, info.Name, info.Progress!.Value.Percent));
            Assert.False(info.Args.IsReadable || info.Result.IsReadable);
            Assert.True(info.Result.HasValue);
            Assert.All(
                [
                    Assert.Throws<PayloadUnreadableException>(() => info.Args.Utf8).Message,
                    Assert.Throws<PayloadUnreadableException>(() => info.Args.Count).Message,
                    Assert.Throws<PayloadUnreadableException>(() => info.Args["to"]).Message,
                    Assert.Throws<PayloadUnreadableException>(() => info.Result.Get<string>()).Message,
                    Assert.Throws<PayloadUnreadableException>(() => info.Result.Utf8).Message,
                    info.Progress.Value.Message!,
                    info.Logs[0].Text,
                    info.Attempts[0].Error!.Message,
                    (await Assert.ThrowsAsync<PayloadUnreadableException>(async () => (await reader.Queue().WaitAsync(job.Id)).Get<string>())).Message,
                    (await Assert.ThrowsAsync<PayloadUnreadableException>(async () => (await reader.Queue().GetJobResultAsync(job.Id))!.Get<string>())).Message,
                ],
                said => Assert.Matches("cannot be read: it is encrypted with key 'key-1', which this process does not have", said));
            Assert.Equal("JobArgs (unreadable here)", info.Args.ToString());
            Assert.Single((await reader.Queue().GetJobsAsync(new() { States = [JobState.Completed] })).Jobs);
        }
    }

    [Fact]
    public async Task A_worker_without_the_key_fails_the_attempt_and_one_with_it_runs_the_next()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.Encrypted(1));
        JobHandle job = await mq.Client.AddAsync("talk", [$"{Secret} arg"], new() { JobId = "job", Retries = 2, Backoff = Backoff.Fixed(1.Hours()) });
        var lines = new LogLines();

        await using (AsyncMQHost blind = await Store.Start(mq => Talking(mq.LogTo(lines)).AddWorker(DefaultQueue)))
            await Store.Until(job.Ref, JobState.Delayed);
        string said = (await mq.Get(job.Ref)).Error!.Message;
        await using AsyncMQHost able = await Store.Start(mq => Talking(mq.Encrypted(1)).AddWorker(DefaultQueue));
        await mq.Queue().PromoteJobAsync("job");

        Assert.Equal($"{Secret} arg", (await job.Ends()).Get<string>());
        Assert.Equal("The arguments of job default/job cannot be read: it is encrypted with key 'key-1', which this process does not have (EncryptPayloads).", said);
        Assert.Contains(said, Assert.Single(lines.Of(31)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_rotated()
    {
        await using AsyncMQHost before = Store.Host(mq => mq.Encrypted(1));
        await before.Client.AddAsync("talk", [$"{Secret} old"], new() { JobId = "old", Retries = 1, Backoff = Backoff.None });
        await using AsyncMQHost mq = await Store.Start(mq => Talking(mq.Encrypted(2, 1)).AddWorker(DefaultQueue));
        JobHandle added = await mq.Client.AddAsync("talk", [$"{Secret} new"], new() { JobId = "new", Retries = 1, Backoff = Backoff.None });

        Assert.Equal($"{Secret} new", (await added.Ends()).Get<string>());
        Assert.Equal($"{Secret} old", (await mq.Queue().WaitAsync("old").WaitAsync(Patience)).Get<string>());

        // Both results were written with the new one; the arguments of the old job were not.
        await using AsyncMQHost after = Store.Host(mq => mq.Encrypted(2));
        JobInfo old = await after.Get(new(DefaultQueue, "old"));
        Assert.Equal($"{Secret} old", old.Result.Get<string>());
        Assert.Contains("key 'key-1'", Assert.Throws<PayloadUnreadableException>(() => old.Args.Utf8).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another id")]
    [InlineData("another name")]
    [InlineData("another queue")]
    [InlineData("a bit")]
    [InlineData("cut short")]
    [InlineData("only the head")]
    [InlineData("a later version")]
    public async Task What_was_changed_or_put_elsewhere_is_refused(string change)
    {
        await using AsyncMQHost producer = Store.Host(mq => mq.Encrypted(1));
        await producer.Client.AddAsync("talk", [$"{Secret} arg"], new() { JobId = "true" });
        byte[] payload = (await Store.Find("true"))!.Payload.ToArray();
        await Store.Do(JobCommand.Remove, "true");
        NewJob forged = change switch
        {
            "another id" => Job("forged").Named("talk"),
            "another name" => Job("true").Named("talk-too"),
            "another queue" => Job("true").Named("talk").In("mail"),
            _ => Job("true").Named("talk"),
        };
        byte[] bytes = change switch
        {
            "a bit" => [.. payload[..^1], (byte)(payload[^1] ^ 1)],
            "cut short" => payload[..^1],
            "only the head" => payload[..5],
            "a later version" => [.. payload[..4], 9, .. payload[5..]],
            _ => payload,
        };

        await Store.Add(forged.WithPayload(bytes));
        await using AsyncMQHost mq = await Store.Start(mq => Talking(mq.Encrypted(1)).AddWorker(worker => worker.Queue(DefaultQueue).Queue("mail")));
        await Store.Until(forged.Ref, JobState.Failed);

        JobInfo info = await mq.Get(forged.Ref);
        Assert.Equal(typeof(PayloadUnreadableException).FullName, info.Error!.Type);
        Assert.Matches(change is "only the head" or "a later version" ? "a form that this version does not know, or damaged" : "was changed, or belongs to another job, or was written with another key", info.Error.Message);
        Assert.DoesNotContain(Secret, info.Error.ToString(), StringComparison.Ordinal);
        Assert.False(info.Args.IsReadable);
    }

    [Fact]
    public async Task A_result_that_stands_at_another_job_is_refused()
    {
        await using AsyncMQHost mq = await Store.Start(mq => Talking(mq.Encrypted(1)).AddWorker(DefaultQueue));
        JobHandle job = await mq.Client.AddAsync("talk", [$"{Secret} arg"], new() { JobId = "true", Retries = 1, Backoff = Backoff.None });
        await job.Ends();
        ReadOnlyMemory<byte> result = (await Store.Find("true"))!.Result;
        await mq.StopAsync();

        await Store.Add(Job("forged").Named("talk"));
        Worker worker = await Store.OpenWorker("forger");
        await worker.Settle(Worker.Settlement(await worker.ClaimOne(), SettlementKind.Complete) with { Data = result });

        JobInfo info = await mq.Get(new(DefaultQueue, "forged"));
        Assert.Equal(JobState.Completed, info.State);
        Assert.Contains("was changed, or belongs to another job", Assert.Throws<PayloadUnreadableException>(() => info.Result.Get<string>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_stored_before_still_runs_unless_it_is_refused()
    {
        await using AsyncMQHost before = Store.Host();
        await before.Client.AddAsync("plain", [$"{Secret} arg"], new() { JobId = "one" });
        await before.Client.AddAsync("plain", null, new() { JobId = "none" });

        await using (AsyncMQHost strict = await Store.Start(mq => mq.EncryptPayloads(keys =>
            {
                keys.Add("key-1", Of(1));
                keys.RefuseUnencrypted = true;
            }).AddHandler("plain", (_, _) => Task.CompletedTask).AddWorker(DefaultQueue)))
        {
            await Store.Until(2, JobState.Failed);
            Assert.All((await strict.Queue().GetFailedAsync()).Jobs, job => Assert.EndsWith("it is not encrypted, and this process refuses what is not (RefuseUnencrypted).", job.Error!.Message, StringComparison.Ordinal));
            await (await strict.Client.AddAsync("plain")).Ends();
        }

        await using AsyncMQHost mq = await Store.Start(mq => mq.Encrypted(1).AddHandler("plain", (context, _) => Task.FromResult(context.Args.Count)).AddWorker(DefaultQueue));
        await mq.Queue().RetryJobAsync("one");
        await mq.Queue().RetryJobAsync("none");
        Assert.Equal(1, (await mq.Queue().WaitAsync("one").WaitAsync(Patience)).Get<int>());
        Assert.Equal(0, (await mq.Queue().WaitAsync("none").WaitAsync(Patience)).Get<int>());
        Assert.Equal($"{Secret} arg", (await mq.Get(new(DefaultQueue, "one"))).Args[0].GetString());
    }

    [Fact]
    public async Task The_limit_counts_what_is_stored()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .Configure(options => options.MaxPayloadBytes = 1_024)
            .Encrypted(1)
            .AddHandler("work", (context, _) => Task.FromResult(new string('x', context.Args[0].GetInt32())))
            .AddWorker(DefaultQueue));

        await mq.Client.AddAsync("work", [new string('x', 900)], new() { Delay = 1.Hours() });
        PayloadTooLargeException add = await Assert.ThrowsAsync<PayloadTooLargeException>(() => mq.Client.AddAsync("work", [new string('x', 1_010)]));
        PayloadTooLargeException bulk = await Assert.ThrowsAsync<PayloadTooLargeException>(() => mq.Client.AddBulkAsync([JobSpec.Of("work", [new string('x', 1_010)])]));
        PayloadTooLargeException repeated =
            await Assert.ThrowsAsync<PayloadTooLargeException>(() => mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(1.Hours()), JobSpec.Of("work", [new string('x', 1_010)])));
        JobNotCompletedException result = await (await mq.Client.AddAsync("work", [1_010])).EndsOtherwise();

        Assert.All([add, bulk, repeated], refused => Assert.InRange(refused.Size, 1_025, 1_100));
        Assert.Equal(typeof(PayloadTooLargeException).FullName, result.Error!.Type);
    }

    [Fact]
    public async Task Deduplication_ids_and_outcomes_are_what_they_were()
    {
        await using AsyncMQHost mq = await Store.Start(mq => Talking(mq.Encrypted(1)).AddWorker("busy"));
        IJobQueue queue = mq.Queue();

        JobHandle first = await queue.AddAsync("talk", [Secret], new() { Deduplication = new("id") });
        JobHandle second = await queue.AddAsync("talk", [Secret], new() { Deduplication = new("id") });
        JobHandle delayed = await queue.AddAsync("talk", [$"{Secret} 1"], new() { Delay = 1.Hours(), Deduplication = new("replaced") { Replace = true } });
        JobHandle replaced = await queue.AddAsync("talk", [$"{Secret} 2"], new() { Delay = 1.Hours(), Deduplication = new("replaced") { Replace = true } });
        await queue.AddAsync("talk", [Secret], new() { JobId = "mine" });
        JobHandle again = await queue.AddAsync("talk", [Secret], new() { JobId = "mine" });

        Assert.Equal((AddOutcome.Deduplicated, first.Id), (second.Outcome, second.Id));
        Assert.Equal(AddOutcome.Replaced, replaced.Outcome);
        Assert.Equal($"{Secret} 2", (await mq.Get(replaced.Ref)).Args[0].GetString());
        Assert.Null(delayed.Id == replaced.Id ? null : await queue.GetJobAsync(delayed.Id));
        Assert.Equal(AddOutcome.Duplicate, again.Outcome);
    }

    [Fact]
    public async Task The_add_that_is_kept_to_follow_an_active_job_is_read_by_its_handler()
    {
        var gate = new Gate();
        await using AsyncMQHost mq = await Store.Start(mq => mq.Encrypted(1)
            .AddHandler("work", async (context, _) =>
            {
                await gate.PassWithoutHeed();
                return context.Args[0].GetString();
            })
            .AddWorker(DefaultQueue));
        var last = new Deduplication("last") { KeepLastIfActive = true };

        JobHandle first = await mq.Client.AddAsync("work", [$"{Secret} 1"], new() { Deduplication = last });
        await gate.SomebodyWaits();
        await mq.Client.AddAsync("work", [$"{Secret} 2"], new() { JobId = "follower", Deduplication = last });
        gate.Open();
        await first.Ends();
        await Store.Until(new JobRef(DefaultQueue, "follower"), JobState.Completed);

        Assert.Equal($"{Secret} 2", (await mq.Queue().GetJobResultAsync("follower"))!.Get<string>());
    }

    [Fact]
    public async Task Results_reach_the_jobs_of_a_flow_that_depend_on_them()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.Encrypted(1)
            .AddHandler("part", (context, _) => Task.FromResult(context.Args[0].GetString()))
            .AddHandler("whole", async (context, token) => string.Join(" + ", (await context.GetDependenciesAsync(token)).Select(part => part.Get<string>())))
            .AddWorker(DefaultQueue));
        var flow = new Flow("flow");
        FlowNode a = flow.Add("part", [$"{Secret} a"]), b = flow.Add("part", [$"{Secret} b"], new() { JobId = "b" });
        FlowNode whole = flow.Add("whole", null, null, [a, b]);

        FlowHandle added = await mq.Client.AddFlowAsync(flow);

        Assert.Equal($"{Secret} a + {Secret} b", (await added[whole].WaitAsync().WaitAsync(Patience)).Get<string>());
        Assert.Equal(AddOutcome.Duplicate, (await mq.Client.AddFlowAsync(flow)).Outcome);
        Assert.Equal($"{Secret} a", (await mq.Get(added[a].Ref)).Args[0].GetString());
    }

    [Fact]
    public async Task Failed_jobs_are_found_by_the_text_of_their_errors()
    {
        await using AsyncMQHost mq = await Store.Start(mq => Talking(mq.Encrypted(1)).AddWorker(DefaultQueue));
        await (await mq.Client.AddAsync("talk", [Secret])).EndsOtherwise();

        Assert.Single((await mq.Queue().GetFailedAsync(new() { Text = $"{Secret} error" })).Jobs);
        Assert.Equal(1, await mq.Queue().RemoveAsync(new() { States = [JobState.Failed], Text = Secret }));
    }

    /// <summary>Says the secret wherever it can: fails at first, then returns its argument.</summary>
    private static AsyncMQBuilder Talking(AsyncMQBuilder mq) => mq.AddHandler("talk", Talk).AddHandler("talk-too", Talk);

    private static async Task<string?> Talk(JobContext context, CancellationToken token)
    {
        await context.LogAsync($"{Secret} line {context.Attempt}", token);
        await context.ReportProgressAsync(50, $"{Secret} progress", token);
        return context.Attempt == 1 && context.Id != "forged" && context.MaxAttempts != 3 ? throw new InvalidOperationException($"{Secret} error") : context.Args[0].GetString();
    }
}
