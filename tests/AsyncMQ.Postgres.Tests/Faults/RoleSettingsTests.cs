using System.Diagnostics;
using AsyncMQ.Conformance.Driving;
using Npgsql;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>What a database administrator sets on the role of the workers: it may cut steps or forbid them, but never halves one or does it twice.</summary>
[Collection(nameof(FaultTests))]
public sealed class RoleSettingsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("statement_timeout")]
    [InlineData("lock_timeout")]
    public async Task A_step_that_a_timeout_cuts_has_no_effect_and_is_done_when_it_is_sent_again(string setting)
    {
        await using LimitedRole role = await LimitedRole.MakeAsync();
        await role.SetAsync($"{setting} = '300ms'");
        await using PostgresJobStore store = await role.OpenAsync();
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Worker worker = await driver.OpenWorker();
        var step = new AddStep(driver.Steps.Next(StepCounter.Adds), [new([Job("a")])]);

        StoreException cut, cutRenewal;
        await using (await HeldInstallation.HoldAsync(role.Server, role.Name))
        {
            cut = await Assert.ThrowsAsync<StoreException>(async () => await store.AddAsync(step, Cancellation));
            cutRenewal = Assert.Throws<StoreException>(() => worker.Renew());
            Assert.Equal(0, await driver.Count(JobState.Waiting));
        }

        Assert.Contains("timeout", cut.Message, StringComparison.Ordinal);
        Assert.Contains("timeout", cutRenewal.Message, StringComparison.Ordinal);
        Assert.True(worker.Renew().Alive);
        Assert.Equal(AddOutcome.Created, (await store.AddAsync(step, Cancellation)).Groups[0].Jobs[0].Outcome);
        Assert.Equal(AddOutcome.Created, (await store.AddAsync(step, Cancellation)).Groups[0].Jobs[0].Outcome);
        Assert.Equal(1, await driver.Count(JobState.Waiting));
        Assert.Empty(await store.AuditAsync(Cancellation));
    }

    [Theory]
    [InlineData("statement_timeout")]
    [InlineData("lock_timeout")]
    public async Task Workers_and_producers_go_on_after_the_installation_was_held_for_longer_than_a_timeout(string setting)
    {
        await using LimitedRole role = await LimitedRole.MakeAsync();
        await role.SetAsync($"{setting} = '300ms'");
        await using FaultLoad load = role.Load();
        await load.StartAsync();

        for (int round = 0; round < 3; round++)
        {
            await using (await HeldInstallation.HoldAsync(role.Server, role.Name))
            {
                long held = Stopwatch.GetTimestamp();
                await Wait.UntilAsync("every step was cut, some twice", () => Stopwatch.GetElapsedTime(held) > TimeSpan.FromSeconds(1));
            }

            await load.GoesOnAsync($"after the installation was held in round {round}");
        }

        await role.VerifyAsync(load);
    }

    [Theory]
    [InlineData("idle_in_transaction_session_timeout = '100ms'")]
    [InlineData("idle_session_timeout = '200ms'")]
    [InlineData("default_transaction_isolation = 'repeatable read'")]
    [InlineData("default_transaction_isolation = 'serializable'")]
    [InlineData("default_transaction_deferrable = on")]
    [InlineData("synchronous_commit = off")]
    public async Task Workers_and_producers_go_on_as_ever_when_it_is_set_while_they_run(string setting)
    {
        await using LimitedRole role = await LimitedRole.MakeAsync();
        await using FaultLoad load = role.Load();
        await load.StartAsync();

        await role.SetAsync(setting);
        await role.EndConnectionsAsync();
        for (int round = 0; round < 3; round++)
        {
            long begun = Stopwatch.GetTimestamp();
            await Wait.UntilAsync("connections were idle", () => Stopwatch.GetElapsedTime(begun) > TimeSpan.FromMilliseconds(500));
            await load.GoesOnAsync($"with {setting} in round {round}");
        }

        await role.VerifyAsync(load);
    }

    [Fact]
    public async Task Connections_that_the_server_ended_while_they_were_idle_cost_nobody_an_error()
    {
        await using LimitedRole role = await LimitedRole.MakeAsync();
        await role.SetAsync("idle_session_timeout = '200ms'");
        await using PostgresJobStore store = await role.OpenAsync();
        StoreDriver driver = await StoreDriver.OpenAsync(store);

        for (int round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.GetTimeAsync(Cancellation).AsTask()));
            await Wait.UntilAsync("the server has ended all connections", async () => await role.ConnectionsAsync() == 0);
            await driver.Add(Job($"{round}"));
        }

        Assert.Equal(["0", "1", "2"], await driver.Page(JobState.Waiting));
    }

    [Fact]
    public async Task A_role_that_may_only_read_is_refused_clearly_and_looks()
    {
        await using LimitedRole role = await LimitedRole.MakeAsync();
        await using (PostgresJobStore before = await role.OpenAsync())
            await (await StoreDriver.OpenAsync(before)).Add(Job("before"));
        await role.SetAsync("default_transaction_read_only = on");
        await using PostgresJobStore store = await role.OpenAsync();

        StoreRejectedException open = await Assert.ThrowsAsync<StoreRejectedException>(() => StoreDriver.OpenAsync(store));
        StoreRejectedException renewal = Assert.Throws<StoreRejectedException>(() => store.Renew(new(new(Guid.NewGuid()), 0)));

        Assert.Contains("read-only", open.Message, StringComparison.Ordinal);
        Assert.Contains("read-only", renewal.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await store.CountAsync(DefaultQueue, Cancellation)).ByState[(int)JobState.Waiting]);
        Assert.Empty(await store.AuditAsync(Cancellation));
        await role.SetAsync("default_transaction_read_only = off");
        await role.EndConnectionsAsync();
        await Wait.UntilAsync("it may write again", async () => await Record.ExceptionAsync(() => StoreDriver.OpenAsync(store)) is null);
    }

    [Fact]
    public async Task Tables_cannot_be_made_by_a_role_that_may_only_read()
    {
        await using LimitedRole role = await LimitedRole.MakeAsync(isMade: false);
        await role.SetAsync("default_transaction_read_only = on");

        StoreRejectedException error = await Assert.ThrowsAsync<StoreRejectedException>(() => role.OpenAsync());

        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("statement_timeout")]
    [InlineData("lock_timeout")]
    public async Task Who_starts_waits_for_another_one_that_makes_the_tables_for_longer_than_a_timeout(string setting)
    {
        await using LimitedRole role = await LimitedRole.MakeAsync(isMade: false);
        await role.SetAsync($"{setting} = '1s'");

        Task<PostgresJobStore> starting;
        await using (await HeldInstallation.HoldMakingAsync(role.Server, role.Name))
        {
            starting = role.OpenAsync();
            long held = Stopwatch.GetTimestamp();
            await Wait.UntilAsync("the timeout is over", () => Stopwatch.GetElapsedTime(held) > TimeSpan.FromSeconds(2));
            Assert.False(starting.IsCompleted);
        }

        await using PostgresJobStore store = await starting.WaitAsync(Wait.Patience, Cancellation);
        await store.GetTimeAsync(Cancellation);
    }
}
