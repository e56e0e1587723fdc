using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

/// <content>Transactions of the user's.</content>
public abstract partial class SavingTests
{
    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task Several_saves_in_a_transaction_come_or_go_with_it(bool blocks, bool commits)
    {
        await using ShopContext context = shop.NewContext();
        await using (IDbContextTransaction transaction = await context.Database.BeginTransactionAsync())
        {
            context.Order($"{job}-1", job);
            await context.SaveAsync(blocks);
            context.Order($"{job}-2", job);
            await context.SaveAsync(blocks);
            context.Jobs().Add(job);
            await context.SaveAsync(blocks);
            Assert.Equal(0, context.Jobs().Count);
            if (commits)
                await transaction.CommitAsync();
        }

        Assert.Equal(commits ? 3 : 0, (await shop.JobsAsync(job)).Count);
        Assert.Equal(commits ? 2 : 0, await shop.OrdersAsync($"{job}-1", $"{job}-2"));
    }

    [Fact]
    public async Task After_a_rollback_the_context_saves_only_what_is_new()
    {
        await using ShopContext context = shop.NewContext();
        await using (IDbContextTransaction transaction = await context.Database.BeginTransactionAsync())
        {
            context.Order($"{job}-1", job);
            await context.SaveChangesAsync();
            await transaction.RollbackAsync();
        }

        context.ChangeTracker.Clear();
        context.Order($"{job}-2", job);
        await context.SaveChangesAsync();
        Assert.Equal([$"{job}-2"], (await shop.JobsAsync(job)).Select(info => info.Args[0].GetString()));
    }

    [Fact]
    public async Task A_job_that_no_save_has_seen_is_not_part_of_a_commit()
    {
        await using ShopContext context = shop.NewContext();
        await using (IDbContextTransaction transaction = await context.Database.BeginTransactionAsync())
        {
            context.Order($"{job}-1", job);
            await context.SaveChangesAsync();
            context.Jobs().Add(job, ["late"]);
            await transaction.CommitAsync();
        }

        Assert.Equal(1, context.Jobs().Count);
        Assert.Equal([$"{job}-1"], (await shop.JobsAsync(job)).Select(info => info.Args[0].GetString()));
    }

    [Fact]
    public async Task Rolling_back_to_a_savepoint_takes_the_jobs_since_with_it()
    {
        await using ShopContext context = shop.NewContext();
        await using (IDbContextTransaction transaction = await context.Database.BeginTransactionAsync())
        {
            context.Order($"{job}-1", job);
            await context.SaveChangesAsync();
            await transaction.CreateSavepointAsync("before");
            context.Order($"{job}-2", job);
            await context.SaveChangesAsync();
            await transaction.RollbackToSavepointAsync("before");
            await transaction.CommitAsync();
        }

        Assert.Equal([$"{job}-1"], (await shop.JobsAsync(job)).Select(info => info.Args[0].GetString()));
        Assert.Equal(1, await shop.OrdersAsync($"{job}-1", $"{job}-2"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_save_that_fails_in_a_transaction_leaves_no_job_in_it_and_its_jobs_pending(bool blocks)
    {
        await using ShopContext context = shop.NewContext();
        await using (IDbContextTransaction transaction = await context.Database.BeginTransactionAsync())
        {
            context.Order($"{job}-1", job);
            await context.SaveAsync(blocks);
            context.Order($"{job}-1", job);
            await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveAsync(blocks));
            await transaction.CommitAsync();
        }

        Assert.Single(await shop.JobsAsync(job));
        Assert.Equal(1, context.Jobs().Count);
        context.ChangeTracker.Clear();
        await context.SaveAsync(blocks);
        Assert.Equal(2, (await shop.JobsAsync(job)).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_saved_but_not_accepted_is_saved_again_when_a_strategy_tries_the_transaction_again(bool withOrder)
    {
        var fault = new FirstCommitFails();
        await using ShopContext context = shop.NewContext(options =>
        {
            shop.Use(options, shop.Services, static parts => new RetryOnce(parts));
            options.AddInterceptors(fault);
        });
        if (withOrder)
            context.Orders.Add(new() { Number = job });
        context.Jobs().Add(job);
        await context.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
            () => context.SaveChangesAsync(acceptAllChangesOnSuccess: false), () => Task.FromResult(false));
        context.ChangeTracker.AcceptAllChanges();

        Assert.Equal(2, fault.Commits);
        Assert.Equal(0, context.Jobs().Count);
        Assert.Equal(withOrder ? 1 : 0, await shop.OrdersAsync(job));
        Assert.Single(await shop.JobsAsync(job));
        await context.SaveChangesAsync();
        Assert.Single(await shop.JobsAsync(job));
    }
}
