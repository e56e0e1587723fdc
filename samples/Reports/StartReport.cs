using AsyncMQ;

namespace Reports;

/// <summary>Begins a report: what the schedule adds every minute. Its result is the id of the job that writes the report.</summary>
[Job("report.start", Queue = Queues.Reports, Retries = 5)]
public sealed record StartReport : IJob<string>;

/// <summary>
/// Adds a flow: a job for every file that no report has counted yet, and one that writes the report when those have ended. Run twice, because its
/// process was killed, it adds that flow once: the flow's id is made from its own.
/// </summary>
public sealed class StartReportHandler(IJobClient client, CsvFiles files) : IJobHandler<StartReport, string>
{
    public async Task<string> HandleAsync(StartReport job, JobContext context, CancellationToken cancellationToken)
    {
        var flow = new Flow($"report-{context.Id.TrimStart('@').Replace(':', '-')}");
        List<FlowNode> fresh = [];
        List<JobRef> counted = [];
        foreach (CsvFile file in files.Find())
        {
            if (await client.GetQueue(Queues.Files).GetJobStateAsync(file.JobId, cancellationToken) is null)
                fresh.Add(flow.Add(new CountFile(file.Path), new() { JobId = file.JobId }));
            else
                counted.Add(new(Queues.Files, file.JobId));
        }

        // A file that cannot be counted is a line in the report, not the end of it.
        string writing = $"write-{flow.Id}";
        flow.Add(new WriteReport(), new() { JobId = writing, DependsOn = counted, OnDependencyFailure = OnDependencyFailure.Continue }, after: fresh);
        await client.AddFlowAsync(flow, cancellationToken);
        return writing;
    }
}
