using AsyncMQ.Faults.Kit;

namespace AsyncMQ.FaultWorker;

/// <summary>Adds flows, each written down before and after; begins with the one that its killed forerunner was not told of.</summary>
internal sealed class FlowProducing(WorkerArguments arguments, JobLedger ledger)
{
    public async Task RunAsync(IJobClient client)
    {
        IReadOnlyList<LedgerLine> lines = LedgerReader.ReadAll(arguments.Ledger);
        var acknowledged = lines.Where(line => line.Phase == LedgerPhase.Acked).Select(line => line.Id).ToHashSet();
        for (int number = 0; number < arguments.Count; number++)
        {
            FlowPlan flow = RandomFlow.Numbered(number, arguments.Nodes, [.. arguments.Queues]);
            if (!flow.Added.All(acknowledged.Contains))
                await AddAsync(client, flow);
        }
    }

    private async Task AddAsync(IJobClient client, FlowPlan flow)
    {
        ledger.Write(LedgerPhase.Adding, flow.Id, 0, LedgerLine.None);
        await client.AddFlowAsync(flow.Build());
        ledger.Write([.. flow.Added.Select(id => new LedgerLine(id, 0, LedgerPhase.Acked, Environment.ProcessId, LedgerLine.None, TimeProvider.System.GetTimestamp()))]);
        if (arguments.DiesAfterFlow)
            UnixCalls.Signal(Environment.ProcessId, UnixCalls.SigKill);
    }
}
