namespace AsyncMQ.Conformance;

/// <summary>The audit reads and changes nothing; every test of the suite ends with it. The description names the store without secrets.</summary>
public abstract class AuditTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_store_with_jobs_in_every_state_has_nothing_to_complain_of()
    {
        foreach (JobState state in Lives.AllStates.OrderBy(state => state == JobState.Waiting))
        {
            await Store.Bring($"{state}", state, Job($"{state}").WithCustomId().Deduplicated($"{state}"));
            Assert.Empty(await Store.Store.AuditAsync(Cancellation));
        }
    }

    [Fact]
    public async Task An_audit_changes_nothing()
    {
        await Store.AddBulk(Job("a"), Job("b").Delayed(1.Seconds()), Job("c").ToLive(1.Seconds()));
        await Store.Advance(1.Hours());

        await Store.Store.AuditAsync(Cancellation);

        Assert.Equal(["a", "c"], await Store.Page(JobState.Waiting));
        Assert.Equal(["b"], await Store.Page(JobState.Delayed));
    }

    [Fact]
    public async Task Starting_again_does_no_harm()
    {
        await Store.Add(Job("a"));

        await Store.Store.StartAsync(Cancellation);

        Assert.Equal(["a"], await Store.Page(JobState.Waiting));
        Assert.NotEmpty(Store.Store.Description);
    }
}
