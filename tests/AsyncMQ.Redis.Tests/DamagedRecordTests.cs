using System.Buffers.Binary;
using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Working;
using AsyncMQ.Storage;
using StackExchange.Redis;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Redis.Tests;

/// <summary>A record that cannot be read fails alone: people see it, and its neighbours as they are.</summary>
public sealed class DamagedRecordTests
{
    public enum Damage
    {
        CutShort,
        StateThatIsNone,
        NameLongerThanAll,
        WorkerLongerThanAll,
        KeyLongerThanAll,
    }

    [Theory]
    [InlineData(Damage.CutShort)]
    [InlineData(Damage.StateThatIsNone)]
    [InlineData(Damage.NameLongerThanAll)]
    [InlineData(Damage.WorkerLongerThanAll)]
    [InlineData(Damage.KeyLongerThanAll)]
    public async Task It_is_shown_as_failed_between_its_neighbours(Damage damage)
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk(Job("a"), Job("b").WithKey("k").WithPayload(new byte[10]), Job("c"));
        Worker worker = await driver.OpenWorker();
        foreach (ClaimedJob job in await worker.Claim(3))
            await worker.Fail(job, "it failed");
        await SpoilAsync(options, "b", damage);

        IReadOnlyList<JobRecord?> found = await store.FindAsync([new(DefaultQueue, "a"), new(DefaultQueue, "b"), new(DefaultQueue, "c")], JobParts.All, default);
        StorePage page = await store.PageAsync(new() { Queue = DefaultQueue, State = JobState.Failed, Take = 10, Parts = JobParts.All }, default);

        foreach (IEnumerable<JobRecord?> shown in (IEnumerable<JobRecord?>[])[found, page.Jobs.OrderBy(job => job.Ref.Id, StringComparer.Ordinal)])
            Assert.Equal(["a work it failed", "b ? The record of this job cannot be read.", "c work it failed"], shown.Select(Tell));

        static string Tell(JobRecord? job) => $"{job!.Ref.Id} {job.Name} {System.Text.Encoding.UTF8.GetString(job.Error.Span)}";
    }

    [Theory]
    [InlineData(Damage.CutShort)]
    [InlineData(Damage.StateThatIsNone)]
    public async Task While_somebody_listens_its_end_keeps_no_other_from_being_settled(Damage damage)
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await Listener.OpenAsync(store, null, new EventInterest(JobEventKinds.All));
        await driver.AddBulk(Job("a"), Job("b"), Job("c"));
        Worker worker = await driver.OpenWorker();
        IReadOnlyList<ClaimedJob> jobs = await worker.Claim(3);
        await SpoilAsync(options, "b", damage);

        IReadOnlyList<SettleOutcome> outcomes = await worker.SettleAll([.. jobs.Select(job => Worker.Settlement(job, SettlementKind.Complete))]);
        await driver.Maintain(RetentionPolicy.Forever with { Count = 0 });

        Assert.Equal((SettleOutcome.Applied, SettleOutcome.Applied), (outcomes[0], outcomes[2]));
        Assert.Null(await driver.StateOf("a"));
        Assert.Null(await driver.StateOf("c"));
    }

    [Fact]
    public async Task One_that_a_dead_session_holds_keeps_nothing_else_from_being_taken_back()
    {
        RedisStoreOptions options = await RedisStores.NewOptionsAsync();
        await using IJobStore store = await RedisStores.OpenAsync(options);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        await driver.AddBulk(Job("a"), Job("b"), Job("c"));
        foreach (int claims in (int[])[2, 1])
            Assert.Equal(claims, (await (await driver.OpenWorker()).Claim(claims)).Count);
        await options.Connection!.GetDatabase().HashSetAsync($"{{{options.Name}}}:jobs:{DefaultQueue}", "b", "nothing");

        Worker last = await driver.OpenWorker();
        for (int i = 0; i < 6; i++)
        {
            await driver.Advance(TimeSpan.FromSeconds(4));
            last.Renew();
        }

        RecoverReply reply = await last.Recover();

        Assert.Equal(["a", "c"], reply.Jobs.Select(job => job.Job.Id));
        Assert.False(reply.More);
        Assert.Equal(["a", "c"], (await last.Claim(3)).Ids());
    }

    private static async Task SpoilAsync(RedisStoreOptions options, string id, Damage damage)
    {
        RedisKey records = $"{{{options.Name}}}:jobs:{DefaultQueue}";
        IDatabase database = options.Connection!.GetDatabase();
        await database.HashSetAsync(records, id, Spoil((byte[])(await database.HashGetAsync(records, id))!, damage));
    }

    private static byte[] Spoil(byte[] record, Damage damage)
    {
        switch (damage)
        {
            case Damage.CutShort:
                return record[..50];
            case Damage.StateThatIsNone:
                record[0] = 42;
                break;
            case Damage.NameLongerThanAll:
                BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(94), 10_000);
                break;
            case Damage.WorkerLongerThanAll:
                BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(30), 10_000);
                break;
            case Damage.KeyLongerThanAll:
                BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(104 + "work".Length), 10_000);
                break;
        }

        return record;
    }
}
