namespace AsyncMQ.Conformance;

/// <summary>A queue's own record: known queues, closing for obliteration, retention of its own.</summary>
public abstract class QueueTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Queues_that_hold_or_held_jobs_or_settings_are_listed_in_ordinal_order()
    {
        await Store.AddBulk(Job("a").In("b"), Job("a").In("B"), Job("a").In("a"), Job("a").In("ä"));
        await Store.Do(JobCommand.Remove, "a", queue: "a");
        await Store.Pause("paused");

        Assert.Equal(["B", "a", "b", "paused", "ä"], (await Store.Store.QueuesAsync(Cancellation)).Select(queue => queue.Name));
    }

    [Fact]
    public async Task A_closed_queue_takes_no_adds_and_gives_no_claims()
    {
        await Store.Add(Job("a"));
        Assert.Equal(QueueReply.Done, await Store.Do(new QueueCommand.Close(Force: false)));

        Assert.Equal(AddRefusalReason.QueueClosed, (await Store.AddGroups(new AddGroup([Job("b")]))).Single().Refusal!.Reason);
        Assert.Empty(await (await Store.OpenWorker()).Claim(1));
        Assert.True(Assert.Single(await Store.Store.QueuesAsync(Cancellation)).IsClosed);
        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task Closing_is_refused_while_jobs_run_unless_forced()
    {
        (Worker worker, ClaimedJob claim) = (await Store.Bring("a", JobState.Active))!.Value;

        Assert.Equal(QueueReply.Busy, await Store.Do(new QueueCommand.Close(Force: false)));
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("b"))).Outcome);
        Assert.Equal(QueueReply.Done, await Store.Do(new QueueCommand.Close(Force: true)));

        Assert.Equal(SettleOutcome.Applied, await worker.Complete(claim));
    }

    [Fact]
    public async Task A_closed_empty_queue_can_be_deleted_and_its_name_is_free_again()
    {
        await Store.Add(Job("a"));
        await Store.Pause();
        await Store.Do(new QueueCommand.SetRetention(new() { Count = 1 }));
        await Store.Do(new QueueCommand.Close(Force: false));
        await Store.Do(JobCommand.Remove, "a");

        Assert.Equal(QueueReply.Done, await Store.Do(new QueueCommand.Delete()));

        Assert.Empty(await Store.Store.QueuesAsync(Cancellation));
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a"))).Outcome);
        QueueRecord anew = Assert.Single(await Store.Store.QueuesAsync(Cancellation));
        Assert.Equal((false, false, null), (anew.IsClosed, anew.IsPaused, anew.Retention));
    }

    [Fact]
    public async Task Deleting_a_queue_that_is_not_there_finds_nothing()
    {
        Assert.Equal(QueueReply.NotFound, await Store.Do(new QueueCommand.Delete(), "never"));
    }

    [Fact]
    public async Task A_queue_that_still_has_jobs_is_not_deleted()
    {
        await Store.Add(Job("a"));
        await Store.Do(new QueueCommand.Close(Force: false));

        Assert.Equal(QueueReply.Busy, await Store.Do(new QueueCommand.Delete()));
        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
    }

    [Fact]
    public async Task An_open_queue_is_not_deleted()
    {
        await Store.Bring("a", JobState.Waiting);
        await Store.Do(JobCommand.Remove, "a");

        Assert.Equal(QueueReply.Busy, await Store.Do(new QueueCommand.Delete()));
        Assert.Single(await Store.Store.QueuesAsync(Cancellation));
    }

    [Fact]
    public async Task Deleting_a_queue_forgets_its_deduplication_windows_and_tombstones()
    {
        await Store.Bring("a", JobState.Completed, Job("a").WithCustomId().Deduplicated(Deduplication.Throttle("d", 1.Days())));
        await Store.Maintain(new() { Count = 0 });
        await Store.Do(new QueueCommand.Close(Force: false));
        await Store.Do(new QueueCommand.Delete());

        Assert.Null(await Store.OwnerOf("d"));
        Assert.Equal(AddOutcome.Created, (await Store.Add(Job("a").WithCustomId().Deduplicated("d"))).Outcome);
    }

    [Fact]
    public async Task A_retention_of_its_own_is_kept_and_can_be_taken_back()
    {
        var retention = new RetentionPolicy { Age = 1.Hours(), Count = null, FailedAge = null, FailedCount = 7 };

        await Store.Do(new QueueCommand.SetRetention(retention));
        Assert.Equal(retention, Assert.Single(await Store.Store.QueuesAsync(Cancellation)).Retention);
        await Store.Do(new QueueCommand.SetRetention(null));

        Assert.Null(Assert.Single(await Store.Store.QueuesAsync(Cancellation)).Retention);
    }

    [Fact]
    public async Task Releasing_an_id_that_nobody_holds_finds_nothing()
    {
        Assert.Equal(QueueReply.NotFound, await Store.Release("d"));
        Assert.Equal(QueueReply.NotFound, await Store.Release("d", "never"));
    }
}
