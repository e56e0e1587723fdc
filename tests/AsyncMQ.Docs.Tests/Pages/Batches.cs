using AsyncMQ.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.Docs.Tests.Pages.Batches;

// The code of docs/batches.md: each of its C# blocks stands here as it is there.

[Job("send-mail", Queue = "mail")]
public sealed record SendMail(string To) : IJob;

public interface IMailGateway
{
    Task<IReadOnlyList<string?>> SendAsync(IEnumerable<string> receivers, CancellationToken cancellationToken);
}

public sealed class Gateway : IMailGateway
{
    public Task<IReadOnlyList<string?>> SendAsync(IEnumerable<string> receivers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string?>>([.. receivers.Select(to => to.Contains('@', StringComparison.Ordinal) ? null : "no such address")]);
}

public sealed class SendMailBatch(IMailGateway gateway) : IBatchJobHandler<SendMail>
{
    public async Task HandleAsync(JobBatch<SendMail> batch, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?> errors = await gateway.SendAsync(batch.Select(item => item.Job.To), cancellationToken);
        foreach ((BatchItem<SendMail> item, string? error) in batch.Zip(errors))
        {
            if (error is null)
                item.Complete();
            else if (error == "busy")
                item.PutBack(TimeSpan.FromMinutes(1));                          // the attempt is not counted
            else
                item.Fail(new InvalidOperationException(error));                // runs again if it has retries left
        }
    }
}

public sealed class BatchTests
{
    [Fact]
    public async Task Mails_are_sent_many_at_once()
    {
        await using AsyncMQTestHost host = AsyncMQTestHost.Create(mq =>
        {
            mq.Services.AddSingleton<IMailGateway, Gateway>();

            mq.AddBatchHandler<SendMail, SendMailBatch>(batch =>
                {
                    batch.Size = 100;
                    batch.Wait = TimeSpan.FromMilliseconds(200);
                    batch.Retries = 3;
                })
                .AddWorker("mail", worker => worker.Concurrency = 200);

            mq.AddBatchHandler<int>("length", (batch, token) =>
            {
                foreach (BatchItem<JobArgs, int> item in batch)
                    item.Complete(item.Job[0].GetString()!.Length);
                return Task.CompletedTask;
            });

            mq.AddWorker("default");
        });
        JobHandle ann = await host.Client.AddAsync(new SendMail("ann@example.com")), nobody = await host.Client.AddAsync(new SendMail("nobody"));
        JobHandle length = await host.Client.AddAsync("length", ["four"]);

        await host.AdvanceAsync(TimeSpan.FromMilliseconds(200));

        Assert.Equal(JobState.Completed, (await host.GetJobAsync(ann.Ref))!.State);
        Assert.Equal(JobState.Delayed, (await host.GetJobAsync(nobody.Ref))!.State);
        Assert.Equal(4, (await length.WaitAsync()).Get<int>());
    }

    [Fact]
    public async Task A_handler_is_tested_with_a_batch_made_by_hand()
    {
        BatchItem<SendMail>[] items =
        [
            new(new SendMail("ann@example.com"), new JobContext(new("mail", "1"), "send-mail")),
            new(new SendMail("nobody"), new JobContext(new("mail", "2"), "send-mail")),
        ];
        await new SendMailBatch(new Gateway()).HandleAsync(new(items), CancellationToken.None);
        Assert.Equal([BatchDecision.Completed, BatchDecision.Failed], items.Select(item => item.Decision));
    }
}
