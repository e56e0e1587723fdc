using AsyncMQ.OutboxWorker;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

/// <summary>What a context's jobs and its entities have in common, however they are saved.</summary>
public abstract partial class SavingTests(Shop shop)
{
    private readonly string job = $"job-{Guid.NewGuid():N}";

    protected Shop Shop => shop;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_is_there_once_the_entities_are_saved(bool blocks)
    {
        await using ShopContext context = shop.NewContext();
        context.Order(job, job);
        Assert.Equal(1, context.Jobs().Count);
        await context.SaveAsync(blocks);

        Assert.Equal(0, context.Jobs().Count);
        Assert.Equal(1, await shop.OrdersAsync(job));
        Assert.Equal([job], (await shop.JobsAsync(job)).Select(info => info.Args[0].GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Jobs_alone_are_saved_too(bool blocks)
    {
        await using ShopContext context = shop.NewContext();
        context.Jobs().Add(job);
        context.Jobs().Add(job);
        await context.SaveAsync(blocks);

        Assert.Equal(2, (await shop.JobsAsync(job)).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_saved_is_not_saved_again(bool blocks)
    {
        await using ShopContext context = shop.NewContext();
        context.Order(job, job);
        await context.SaveAsync(blocks);
        context.Orders.Add(new() { Number = $"{job}-2" });
        await context.SaveAsync(blocks);
        await context.SaveAsync(blocks);

        Assert.Single(await shop.JobsAsync(job));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_save_that_fails_writes_no_job_and_the_repaired_one_does(bool blocks)
    {
        await using (ShopContext first = shop.NewContext())
        {
            first.Orders.Add(new() { Number = job });
            await first.SaveChangesAsync();
        }

        await using ShopContext context = shop.NewContext();
        var order = new Order { Number = job };
        context.Add(order);
        context.Jobs().Add(job);
        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveAsync(blocks));
        Assert.Empty(await shop.JobsAsync(job));
        Assert.Equal(1, context.Jobs().Count);

        order.Number = $"{job}-2";
        await context.SaveAsync(blocks);
        Assert.Single(await shop.JobsAsync(job));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_save_that_is_tried_again_saves_each_job_once(bool blocks)
    {
        var fault = new FirstCommitFails();
        await using ShopContext context = shop.NewContext(options =>
        {
            shop.Use(options, shop.Services, static parts => new RetryOnce(parts));
            options.AddInterceptors(fault);
        });
        context.Order(job, job);
        context.Orders.Add(new() { Number = $"{job}-2" });
        await context.SaveAsync(blocks);

        Assert.Equal(2, fault.Commits);
        Assert.Equal(2, await shop.OrdersAsync(job, $"{job}-2"));
        Assert.Single(await shop.JobsAsync(job));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_single_order_and_its_job_have_one_commit(bool blocks)
    {
        await using ShopContext context = shop.NewContext(static options => options.AddInterceptors(new FirstCommitFails()));
        context.Order(job, job);
        await Assert.ThrowsAsync<TimeoutException>(() => context.SaveAsync(blocks));
        Assert.Equal(0, await shop.OrdersAsync(job));
        Assert.Empty(await shop.JobsAsync(job));

        await context.SaveAsync(blocks);
        Assert.Equal(1, await shop.OrdersAsync(job));
        Assert.Single(await shop.JobsAsync(job));
        Assert.Empty(context.ChangeTracker.Entries<OutboxGroup>());
    }

    [Fact]
    public async Task A_context_that_wants_no_transactions_commits_an_order_with_its_job_all_the_same()
    {
        await using ShopContext context = shop.NewContext(static options => options.AddInterceptors(new FirstCommitFails()));
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        context.Order(job, job);
        await Assert.ThrowsAsync<TimeoutException>(() => context.SaveChangesAsync());
        Assert.Equal(0, await shop.OrdersAsync(job));
        Assert.Empty(await shop.JobsAsync(job));
    }

    [Fact]
    public async Task Jobs_alone_that_are_tried_again_are_saved_once()
    {
        var fault = new FirstCommitFails();
        await using ShopContext context = shop.NewContext(options =>
        {
            shop.Use(options, shop.Services, static parts => new RetryOnce(parts));
            options.AddInterceptors(fault);
        });
        context.Jobs().AddBulk([JobSpec.Of(job), JobSpec.Of(job)]);
        context.Jobs().Add(job);
        await context.SaveChangesAsync();

        Assert.Equal(3, (await shop.JobsAsync(job)).Count);
    }

    [Fact]
    public async Task Clearing_the_change_tracker_leaves_jobs_pending_and_clearing_the_jobs_does_not()
    {
        await using ShopContext context = shop.NewContext();
        context.Order($"{job}-1", job);
        context.ChangeTracker.Clear();
        Assert.Equal(1, context.Jobs().Count);
        await context.SaveChangesAsync();
        Assert.Single(await shop.JobsAsync(job));
        Assert.Equal(0, await shop.OrdersAsync($"{job}-1"));

        context.Order($"{job}-2", job);
        context.Jobs().Clear();
        Assert.Equal(0, context.Jobs().Count);
        await context.SaveChangesAsync();
        Assert.Single(await shop.JobsAsync(job));
        Assert.Equal(1, await shop.OrdersAsync($"{job}-2"));
    }

    [Fact]
    public async Task Two_contexts_keep_their_own_jobs()
    {
        await using ShopContext one = shop.NewContext(), other = shop.NewContext();
        one.Order($"{job}-1", job);
        other.Order($"{job}-2", job);
        await one.SaveChangesAsync();
        Assert.Equal([$"{job}-1"], (await shop.JobsAsync(job)).Select(info => info.Args[0].GetString()));

        await other.SaveChangesAsync();
        Assert.Equal(2, (await shop.JobsAsync(job)).Count);
    }

    [Fact]
    public async Task An_add_is_checked_at_once()
    {
        await using ShopContext context = shop.NewContext();
        Assert.Throws<ArgumentException>(() => context.Jobs().Add(""));
        Assert.Throws<PayloadTooLargeException>(() => context.Jobs().Add(job, [new string('x', 2 << 20)]));
        Assert.Equal(0, context.Jobs().Count);
    }

    [Fact]
    public async Task Bulks_flows_and_options_arrive_as_they_were_said()
    {
        await using ShopContext context = shop.NewContext();
        JobHandle named = context.Jobs().Add(job, ["a"], new() { JobId = job, Priority = 1, Delay = TimeSpan.FromHours(1), Tags = ["eu"] });
        Assert.Equal(AddOutcome.Deferred, named.Outcome);
        IReadOnlyList<JobHandle> bulk = context.Jobs().AddBulk([JobSpec.Of(job), JobSpec.Of(job) with { Queue = $"q-{job}" }]);
        var flow = new Flow(job);
        FlowNode first = flow.Add(job);
        flow.Add(job, after: [first]);
        FlowHandle added = context.Jobs().AddFlow(flow);
        Assert.Equal(5, context.Jobs().Count);
        await context.SaveChangesAsync();

        IReadOnlyList<JobInfo> jobs = await shop.JobsAsync(job);
        JobInfo found = jobs.Single(info => info.Id == job);
        Assert.Equal((1, JobState.Delayed), (found.Priority, found.State));
        Assert.Equal(["eu"], found.Tags);
        Assert.Contains(bulk[0].Id, jobs.Select(info => info.Id));
        Assert.NotNull(await shop.Client.GetQueue($"q-{job}").GetJobAsync(bulk[1].Id));
        Assert.Equal(JobState.WaitingChildren, jobs.Single(info => info.Id == added.Jobs[1].Id).State);
        Assert.Equal(2, (await shop.Client.GetFlowAsync(job))!.Jobs.Count);
    }

    [Fact]
    public async Task A_job_that_is_added_while_the_context_saves_goes_with_that_save()
    {
        await using ShopContext context = shop.NewContext(options => options.AddInterceptors(new AddsWhileSaving(job)));
        context.Orders.Add(new() { Number = job });
        await context.SaveChangesAsync();

        Assert.Equal(0, context.Jobs().Count);
        Assert.Single(await shop.JobsAsync(job));
    }

    [Fact]
    public async Task A_context_that_wants_no_transactions_has_one_while_it_has_jobs()
    {
        await using ShopContext context = shop.NewContext();
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        context.Orders.Add(new() { Number = $"{job}-1" });
        await context.SaveChangesAsync();
        Assert.Equal(AutoTransactionBehavior.Never, context.Database.AutoTransactionBehavior);

        context.Order($"{job}-1", job);
        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync());
        Assert.Empty(await shop.JobsAsync(job));
        context.ChangeTracker.Clear();
        context.Orders.Add(new() { Number = $"{job}-2" });
        await context.SaveChangesAsync();
        Assert.Equal(AutoTransactionBehavior.Never, context.Database.AutoTransactionBehavior);

        context.Jobs().Add(job);
        context.Jobs().Clear();
        Assert.Equal(AutoTransactionBehavior.Never, context.Database.AutoTransactionBehavior);
        Assert.Single(await shop.JobsAsync(job));
    }
}
