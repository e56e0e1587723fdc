using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Driving;
using AsyncMQ.Conformance.Scheduling;
using AsyncMQ.Redis.Tests.Faults.Kit;

namespace AsyncMQ.Redis.Tests.Faults;

// Classes of the suite, run through a network that loses the answer to every step after the server has done it: what is sent again takes effect once.

public sealed class AddTestsWithLostAnswers() : AddTests(new LosingStores());

public sealed class AttemptTestsWithLostAnswers() : AttemptTests(new LosingStores());

public sealed class CancelTestsWithLostAnswers() : CancelTests(new LosingStores());

public sealed class DeduplicationTestsWithLostAnswers() : DeduplicationTests(new LosingStores());

public sealed class RecoverTestsWithLostAnswers() : RecoverTests(new LosingStores());

public sealed class ReportTestsWithLostAnswers() : ReportTests(new LosingStores());

public sealed class SettleTestsWithLostAnswers() : SettleTests(new LosingStores());

public sealed class TickTestsWithLostAnswers() : TickTests(new LosingStores());

public sealed class LosingStoreTests
{
    [Fact]
    public async Task Every_step_s_answer_is_lost_once()
    {
        // The server must know the scripts: that it does not is an answer, too, and would be lost as often as it is sent.
        await using IJobStore before = await new RedisStores().CreateAsync();
        await LiveAsync(before);

        await using var store = (LosingStore)await new LosingStores().CreateAsync();
        StoreDriver driver = await LiveAsync(store);

        Assert.InRange(store.Lost, 3, 6);
        Assert.Equal(JobState.Completed, (await driver.Get("a")).State);
    }

    // A job is added, claimed, and completed.
    private static async Task<StoreDriver> LiveAsync(IJobStore store)
    {
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Worker worker = await driver.OpenWorker();
        await driver.Add(Drafts.Job("a"));
        ClaimedJob job = await worker.ClaimOne();
        Assert.Equal(SettleOutcome.Applied, await worker.Complete(job));
        return driver;
    }
}
