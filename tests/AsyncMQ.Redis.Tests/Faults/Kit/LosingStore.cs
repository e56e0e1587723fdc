using System.Text;
using AsyncMQ.Conformance.Driving;
using StackExchange.Redis;

namespace AsyncMQ.Redis.Tests.Faults.Kit;

/// <summary>
/// A store behind a network that loses the answer to every step, once the server has done it: what the caller gets is the answer to the same step, sent
/// again. Whoever uses it must not notice.
/// </summary>
internal sealed class LosingStore(IJobStore store, TcpProxy proxy, IDatabase past, string name) : BorrowedStore(store)
{
    private const int MostTries = 5;

    /// <summary>How many answers were lost.</summary>
    public int Lost { get; private set; }

    public override ValueTask<AddReply> AddAsync(AddStep step, CancellationToken cancellationToken) =>
        TwiceAsync(step.Step, () => base.AddAsync(step, cancellationToken));

    public override ValueTask<ExchangeReply> ExchangeAsync(ExchangeStep step, CancellationToken cancellationToken) =>
        TwiceAsync(step.Step, () => base.ExchangeAsync(step, cancellationToken));

    public override ValueTask<ReportReply> ReportAsync(ReportStep step, CancellationToken cancellationToken) =>
        TwiceAsync(step.Step, () => base.ReportAsync(step, cancellationToken));

    public override ValueTask<RecoverReply> RecoverAsync(RecoverStep step, CancellationToken cancellationToken) =>
        TwiceAsync(step.Step, () => base.RecoverAsync(step, cancellationToken));

    public override ValueTask<IReadOnlyList<JobChangeReply>> AdministerJobsAsync(AdministerJobsStep step, CancellationToken cancellationToken) =>
        TwiceAsync(step.Step, () => base.AdministerJobsAsync(step, cancellationToken));

    public override ValueTask<QueueReply> AdministerQueueAsync(AdministerQueueStep step, CancellationToken cancellationToken) =>
        TwiceAsync(step.Step, () => base.AdministerQueueAsync(step, cancellationToken));

    public override ValueTask<MaintainReply> MaintainAsync(MaintainStep step, CancellationToken cancellationToken) =>
        TwiceAsync(step.Step, () => base.MaintainAsync(step, cancellationToken));

    public override ValueTask<ScheduleReply> UpsertScheduleAsync(UpsertScheduleStep step, CancellationToken cancellationToken) =>
        TwiceAsync(step.Step, () => base.UpsertScheduleAsync(step, cancellationToken));

    public override ValueTask<ScheduleReply> ChangeScheduleAsync(ChangeScheduleStep step, CancellationToken cancellationToken) =>
        TwiceAsync(step.Step, () => base.ChangeScheduleAsync(step, cancellationToken));

    public override ValueTask<TickReply> TickAsync(TickStep step, CancellationToken cancellationToken) =>
        TwiceAsync(step.Step, () => base.TickAsync(step, cancellationToken));

    public override async ValueTask DisposeAsync()
    {
        await Inner.DisposeAsync();
        await proxy.DisposeAsync();
        await base.DisposeAsync();
    }

    private async ValueTask<TReply> TwiceAsync<TReply>(StepId step, Func<ValueTask<TReply>> send)
    {
        // A server that does not know the script yet has not done anything: then the answer that says so was lost, and the next try is the one.
        for (int tries = 0; tries < MostTries && !await IsDoneAsync(step); tries++)
        {
            // First a look, so that the connection is there and no other answer is on its way.
            await Inner.GetTimeAsync(CancellationToken.None);
            Task lost = proxy.LoseReply(Encoding.ASCII.GetBytes(step.Session.ToString()));
            StoreException error = await Assert.ThrowsAsync<StoreException>(async () => await send());
            Assert.Contains("did not answer", error.Message, StringComparison.Ordinal);
            await lost.WaitAsync(Wait.Patience);
            Lost++;
        }

        return await send();
    }

    // A step of a session that is unknown is never done, and refused each time.
    private async Task<bool> IsDoneAsync(StepId step)
    {
        RedisKey session = $"{{{name}}}:session:{step.Session}";
        return !await past.KeyExistsAsync(session) || await past.HashExistsAsync(session, "dead") || (long)await past.HashGetAsync(session, $"at{step.Lane}") >= step.Sequence;
    }
}
