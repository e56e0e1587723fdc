using AsyncMQ.OutboxWorker;
using AsyncMQ.Redis.Tests.Faults.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AsyncMQ.EntityFrameworkCore.Tests.Outboxes;

/// <summary>The relay between an outbox and a store, on real servers.</summary>
public sealed class RelayTests
{
    private const int Away = 80;
    private const int Back = 81;
    private const int Refused = 82;

    [Fact]
    public async Task Rows_become_jobs_in_their_order_and_are_deleted()
    {
        await using Outbox outbox = await Outbox.CreateAsync();
        await outbox.WriteAsync(250);
        outbox.StartRelay();

        await Wait.UntilAsync("the outbox is empty", async () => await outbox.RowsAsync() == 0);
        Assert.Equal(Enumerable.Range(0, 250).Select(static i => $"order-{i}"), await outbox.RunAllAsync());
    }

    [Fact]
    public async Task A_relay_is_told_at_once_of_what_its_own_process_commits()
    {
        await using Outbox outbox = await Outbox.CreateAsync();
        IHost host = outbox.StartRelay(static relay => relay.PollInterval = TimeSpan.FromHours(1));
        for (int i = 0; i < 3; i++)
        {
            await using AsyncServiceScope scope = host.Services.CreateAsyncScope();
            ShopContext context = scope.ServiceProvider.GetRequiredService<ShopContext>();
            context.Order($"alone-{i}", "receipt");
            await context.SaveChangesAsync();
            await Wait.UntilAsync("the row is moved", async () => await outbox.RowsAsync() == 0);

            await using (var transaction = await context.Database.BeginTransactionAsync())
            {
                context.Order($"within-{i}", "receipt");
                await context.SaveChangesAsync();
                await transaction.CommitAsync();
            }

            await Wait.UntilAsync("the row of the transaction is moved", async () => await outbox.RowsAsync() == 0);
        }

        Assert.Equal(6, (await outbox.Client.GetQueue("default").GetStatsAsync()).Waiting);
    }

    [Fact]
    public async Task Several_relays_at_once_run_each_job_once()
    {
        await using Outbox outbox = await Outbox.CreateAsync();
        for (int i = 0; i < 3; i++)
            outbox.StartRelay();
        for (int i = 0; i < 10; i++)
            await outbox.WriteAsync(40, $"batch-{i}");

        await Wait.UntilAsync("the outbox is empty", async () => await outbox.RowsAsync() == 0);
        IReadOnlyList<string> runs = await outbox.RunAllAsync();
        Assert.Equal(400, runs.Count);
        Assert.Equal(400, runs.Distinct().Count());
    }

    [Fact]
    public async Task A_refused_group_is_kept_with_its_error_and_holds_up_no_other()
    {
        await using Outbox outbox = await Outbox.CreateAsync();
        await using (ShopContext context = outbox.NewContext())
        {
            context.Jobs().Add("receipt", ["orphan"], new() { DependsOn = [new("default", "nobody")] });
            await context.SaveChangesAsync();
        }

        await outbox.WriteAsync(1);
        outbox.StartRelay();

        await Wait.UntilAsync("the refused row is alone", async () => await outbox.RowsAsync() == 1 && (await outbox.ErrorsAsync()).Count == 1);
        Assert.Contains("nobody", (await outbox.ErrorsAsync()).Single(), StringComparison.Ordinal);
        await outbox.WriteAsync(1, "later");
        await Wait.UntilAsync("a later row is moved", async () => await outbox.RowsAsync() == 1);
        Assert.Equal(1, outbox.Told.CountOf(Refused));
        Assert.Equal(["order-0", "later-0"], await outbox.RunAllAsync());
    }

    [Fact]
    public async Task A_kept_row_whose_error_is_taken_away_is_tried_again()
    {
        await using Outbox outbox = await Outbox.CreateAsync();
        await using ShopContext context = outbox.NewContext();
        context.Jobs().Add("receipt", ["patient"], new() { DependsOn = [new("default", "first")] });
        await context.SaveChangesAsync();
        outbox.StartRelay();
        await Wait.UntilAsync("the row is refused", async () => (await outbox.ErrorsAsync()).Count == 1);

        await outbox.Client.AddAsync("receipt", ["first"], new() { JobId = "first" });
        await context.Set<OutboxGroup>().ExecuteUpdateAsync(row => row.SetProperty(static one => one.Error, (string?)null));
        await Wait.UntilAsync("the row is moved", async () => await outbox.RowsAsync() == 0);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_kept_with_its_error()
    {
        await using Outbox outbox = await Outbox.CreateAsync();
        await using (ShopContext context = outbox.NewContext())
        {
            foreach (string content in (string[])["", "no JSON", """{"format":99}""", """{"format":1,"jobs":[{"queue":7}]}"""])
                await context.Database.ExecuteSqlAsync($"INSERT INTO asyncmq_outbox (Content, AddedAt) VALUES (CAST({content} AS BLOB), '2026-01-01 00:00:00+00:00')");
        }

        await outbox.WriteAsync(1);
        outbox.StartRelay();

        await Wait.UntilAsync("four rows are kept", async () => await outbox.RowsAsync() == 4 && (await outbox.ErrorsAsync()).Count == 4);
        Assert.All(await outbox.ErrorsAsync(), static error => Assert.StartsWith("The row cannot be read", error, StringComparison.Ordinal));
        Assert.Equal(["order-0"], await outbox.RunAllAsync());
    }

    [Fact]
    public async Task A_large_group_and_small_ones_keep_their_order()
    {
        await using Outbox outbox = await Outbox.CreateAsync();
        await using (ShopContext context = outbox.NewContext())
        {
            context.Jobs().Add("receipt", ["zero"]); // under way, so that the next one waits, and the large one could be before it
            context.Jobs().Add("receipt", ["first"], new() { JobId = "first" });
            context.Jobs().AddBulk([.. Enumerable.Range(0, 600).Select(static i => JobSpec.Of("receipt", [$"large-{i}"], new() { JobId = $"large-{i}", DependsOn = [new("default", "first")] }))]);
            context.Jobs().Add("receipt", ["last"], new() { DependsOn = [new("default", "large-599")] });
            await context.SaveChangesAsync();
        }

        outbox.StartRelay();
        await Wait.UntilAsync("the outbox is empty", async () => await outbox.RowsAsync() == 0);
        IReadOnlyList<string> runs = await outbox.RunAllAsync();
        Assert.Equal((603, "zero", "first"), (runs.Count, runs[0], runs[1]));
    }

    [Fact]
    public async Task Rows_stay_while_the_store_is_away_which_is_told_once()
    {
        await using OwnServer server = await OwnServer.StartAsync();
        await using Outbox outbox = await Outbox.CreateAsync($"{server.Address},connectTimeout=500,asyncTimeout=500");
        outbox.StartRelay();
        await outbox.WriteAsync(3, "before");
        await Wait.UntilAsync("the outbox is empty", async () => await outbox.RowsAsync() == 0);

        await server.KillAsync();
        await outbox.WriteAsync(150, "during");
        await Wait.UntilAsync("the relay says that the store is away", () => outbox.Told.CountOf(Away) == 1);
        Assert.Equal(150, await outbox.RowsAsync());

        await server.LaunchAsync();
        await Wait.UntilAsync("the outbox is empty again", async () => await outbox.RowsAsync() == 0);
        await Wait.UntilAsync("the relay says that the store is back", () => outbox.Told.CountOf(Back) == 1);
        Assert.Empty(await outbox.ErrorsAsync());
        Assert.Equal(1, outbox.Told.CountOf(Away));
        Assert.Equal(153, (await outbox.RunAllAsync()).Distinct().Count());
    }

    [Fact]
    public async Task A_host_that_stops_finishes_what_its_relay_has_begun()
    {
        await using Outbox outbox = await Outbox.CreateAsync();
        await outbox.WriteAsync(50);
        var added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        IHost host = outbox.StartRelay(relay => relay.Reached = step =>
        {
            if (step != RelayStep.Added)
                return;
            added.TrySetResult();
            goOn.Wait(Wait.Patience);
        });

        await added.Task.WaitAsync(Wait.Patience);
        Task stopping = host.StopAsync();
        goOn.Set();
        await stopping;
        Assert.Equal(0, await outbox.RowsAsync());
    }
}
