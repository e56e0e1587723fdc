using AsyncMQ.Conformance.Working;
using static AsyncMQ.Conformance.Sealing.KeyRings;

namespace AsyncMQ.Conformance.Sealing;

/// <summary>The arguments of repeatables are encrypted once, for the repeatable and all of its jobs.</summary>
public abstract class EncryptedRepeatableTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    private static readonly Schedule Hourly = Schedule.Every(1.Hours());

    [Fact]
    public async Task A_repeatable_is_shown_to_whoever_has_the_key()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.Encrypted(1)), blind = Store.Host();

        await mq.Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.Of("work", [Secret]));

        Assert.Equal(Secret, (await mq.Repeatable("r")).Args[0].GetString());
        Assert.Equal(Secret, Assert.Single(await mq.Queue().GetRepeatablesAsync()).Args[0].GetString());
        RepeatableInfo info = await blind.Repeatable("r");
        Assert.Equal(("work", null), (info.JobName, info.Error));
        Assert.Contains("The arguments of repeatable 'r' of queue 'default' cannot be read: it is encrypted with key 'key-1'", Assert.Throws<PayloadUnreadableException>(() => info.Args.Count).Message, StringComparison.Ordinal);
        string stored = System.Text.Encoding.UTF8.GetString((await FindAsync()).Definition.Span);
        Assert.DoesNotContain(Secret, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"[\"{Secret}\"]")), stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_without_the_key_fires_it_and_one_with_it_runs_the_job()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq.Encrypted(1).AddHandler("work", (context, _) => Task.FromResult(context.Args[0].GetString())).AddWorker(DefaultQueue));
        await using AsyncMQHost blind = Store.Host();
        await mq.Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.Of("work", [Secret]));

        JobHandle job = (await blind.Queue().TriggerRepeatableAsync("r"))!;

        await job.Ends();
        Assert.Equal(Secret, (await mq.Queue().GetJobResultAsync(job.Id))!.Get<string>());
    }

    [Fact]
    public async Task It_fires_on_time_like_any_other()
    {
        var ran = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .EncryptPayloads(keys => keys.Add("key-1", Of(1)).RefuseUnencrypted = true)
            .AddHandler("work", (context, _) =>
            {
                ran.Enqueue(context.Args[0].GetString());
                return Task.CompletedTask;
            })
            .AddWorker(DefaultQueue));

        await mq.Queue().UpsertRepeatableAsync("r", Schedule.Every(TimeSpan.FromMilliseconds(20)), JobSpec.Of("work", [Secret]));
        using IDisposable local = mq.Queue().AddLocalRepeatable("l", Schedule.Every(TimeSpan.FromMilliseconds(20)), JobSpec.Of("work", [$"{Secret} local"]));
        await Hosts.Until(() => ran.Count(one => one == Secret) >= 3 && ran.Count(one => one == $"{Secret} local") >= 3);
    }

    [Fact]
    public async Task The_same_again_is_not_written_and_a_new_key_is_reason_enough()
    {
        await using AsyncMQHost plain = Store.Host(), one = Store.Host(mq => mq.Encrypted(1)), two = Store.Host(mq => mq.Encrypted(2, 1));
        await plain.Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.Of("work", [Secret]));

        long[] revisions = new long[5];
        for (int i = 0; i < revisions.Length; i++)
        {
            await (i switch { 0 => plain, 1 or 2 => one, _ => two }).Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.Of("work", [Secret]));
            revisions[i] = (await FindAsync()).Revision;
        }

        Assert.NotEqual(revisions[0], revisions[1]);
        Assert.Equal(revisions[1], revisions[2]);
        Assert.NotEqual(revisions[2], revisions[3]);
        Assert.Equal(revisions[3], revisions[4]);
        await two.Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.Of("work", ["other"]));
        Assert.NotEqual(revisions[4], (await FindAsync()).Revision);
    }

    [Fact]
    public async Task Its_arguments_are_bound_to_it()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.Encrypted(1));
        await mq.Queue().UpsertRepeatableAsync("r", Hourly, JobSpec.Of("work", [Secret]));
        ScheduleRecord stored = await FindAsync();

        await Store.Upsert(Drafts.Schedule("forged", stored.Next) with { Definition = stored.Definition });

        Assert.Contains("was changed, or belongs to another job", Assert.Throws<PayloadUnreadableException>(() => mq.Repeatable("forged").GetAwaiter().GetResult().Args.Count).Message, StringComparison.Ordinal);
    }

    private async Task<ScheduleRecord> FindAsync() => (await Store.Store.FindScheduleAsync(DefaultQueue, "r", Cancellation))!;
}
