using AsyncMQ.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Docs.Tests.Pages.Testing;

// The code of docs/testing.md: each of its C# blocks stands here as it is there.

[Job("mail.welcome", Queue = "mail", Retries = 3)]
public sealed record SendWelcome(string To) : IJob;

public sealed class SendWelcomeHandler(IMailer mailer) : IJobHandler<SendWelcome>
{
    public Task HandleAsync(SendWelcome job, JobContext context, CancellationToken cancellationToken) =>
        mailer.SendAsync(job.To, "Welcome!", key: context.Id, cancellationToken);
}

public sealed class SignUp(IJobClient jobs)
{
    public Task RegisterAsync(string address) =>
        jobs.AddAsync(new SendWelcome(address), new() { JobId = $"welcome-{address}", Delay = TimeSpan.FromMinutes(5) });
}

public interface IMailer
{
    Task SendAsync(string to, string text, string key, CancellationToken cancellationToken);
}

public sealed class FakeMailer : IMailer
{
    public Dictionary<string, string> Sent { get; } = [];

    public Task SendAsync(string to, string text, string key, CancellationToken cancellationToken)
    {
        Sent.TryAdd(key, to);
        return Task.CompletedTask;
    }
}

public sealed class SignUpTests : IAsyncDisposable
{
    private readonly FakeMailer mailer = new();
    private readonly AsyncMQTestHost host;

    public SignUpTests() => host = AsyncMQTestHost.Create(mq =>
    {
        mq.Services.AddSingleton<IMailer>(mailer);
        mq.AddHandler<SendWelcome, SendWelcomeHandler>();
    });

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Somebody_new_is_welcomed_after_five_minutes()
    {
        await new SignUp(host.Client).RegisterAsync("ann@example.com");

        Assert.Equal([new SendWelcome("ann@example.com")], host.GetAdded<SendWelcome>());
        await host.RunUntilIdleAsync();
        Assert.Empty(mailer.Sent);
        await host.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["ann@example.com"], mailer.Sent.Values);
    }

    [Fact]
    public async Task A_mail_server_that_is_down_is_tried_again()
    {
        host.FailAttempt<SendWelcome>(attempt: 1, new IOException("connection refused"));
        host.FailAttempt<SendWelcome>(attempt: 2, new IOException("connection refused"));
        JobHandle job = await host.Client.AddAsync(new SendWelcome("ann@example.com"));

        await host.AdvanceAsync(TimeSpan.FromSeconds(1 + 2));

        JobInfo? sent = await host.GetJobAsync(job.Ref);
        Assert.Equal(JobState.Completed, sent!.State);
        Assert.Equal(3, sent.Attempt);
    }

    [Fact]
    public async Task Nobody_is_welcomed_twice()
    {
        JobHandle job = await host.Client.AddAsync(new SendWelcome("ann@example.com"));
        await host.RunUntilIdleAsync();

        await host.RedeliverAsync(job.Ref);

        Assert.Single(mailer.Sent);
    }

    [Fact]
    public async Task A_digest_is_sent_every_morning()
    {
        await host.Client.GetQueue("mail").UpsertRepeatableAsync(
            "digest", Schedule.Cron("0 7 * * *"), JobSpec.Of(new SendWelcome("ann@example.com")));

        await host.AdvanceAsync(TimeSpan.FromDays(3));

        Assert.Equal(3, mailer.Sent.Count);
        Assert.All(host.Added, job => Assert.Equal(7, job.AddedAt.Hour));
    }

    [Fact]
    public async Task A_long_import_goes_on_after_its_worker_was_lost()
    {
        var pages = new HashSet<int>();
        await using AsyncMQTestHost importing = AsyncMQTestHost.Create(mq => mq.AddHandler("import", async (context, token) =>
        {
            TimeProvider time = context.Services.GetRequiredService<TimeProvider>();
            for (int page = 1; page <= 60; page++)
            {
                if (pages.Add(page))
                    await Task.Delay(TimeSpan.FromSeconds(1), time, token);
            }
        }));
        JobHandle job = await importing.Client.AddAsync("import");
        await importing.AdvanceAsync(TimeSpan.FromSeconds(10));

        await importing.LoseLeaseAsync();
        await importing.AdvanceAsync(TimeSpan.FromMinutes(1));

        JobInfo? done = await importing.GetJobAsync(job.Ref);
        Assert.Equal((JobState.Completed, 1), (done!.State, done.Stalls));
        Assert.Equal(60, pages.Count);
    }
}
