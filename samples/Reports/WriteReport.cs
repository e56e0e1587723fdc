using System.Globalization;
using System.Text;
using AsyncMQ;

namespace Reports;

/// <summary>Writes the report from the counts that it depends on.</summary>
[Job("report.write", Queue = Queues.Reports, Retries = 3)]
public sealed record WriteReport : IJob<ReportFacts>;

/// <summary>What a report came to.</summary>
public sealed record ReportFacts(string Path, int Files, int Rows, int NotCounted);

/// <summary>Merges the results of its dependencies into one file of Markdown.</summary>
public sealed class WriteReportHandler(CsvFiles files, TimeProvider time) : IJobHandler<WriteReport, ReportFacts>
{
    public async Task<ReportFacts> HandleAsync(WriteReport job, JobContext context, CancellationToken cancellationToken)
    {
        DependencyResults counts = await context.GetDependenciesAsync(cancellationToken);
        FileCounts[] counted = [.. counts.Where(count => count.State == JobState.Completed).Select(count => count.Get<FileCounts>()!).OrderBy(count => count.File, StringComparer.Ordinal)];
        string text = Render(counted, counts.Count - counted.Length);

        // Whoever reads it sees the last report or this one, never half of it.
        string draft = $"{files.Report}.{context.Attempt}.new";
        await File.WriteAllTextAsync(draft, text, cancellationToken);
        File.Move(draft, files.Report, overwrite: true);

        var facts = new ReportFacts(files.Report, counted.Length, counted.Sum(count => count.Rows), counts.Count - counted.Length);
        Console.WriteLine($"{time.GetLocalNow():HH:mm:ss} {facts.Path}: {facts.Rows:N0} rows of {facts.Files} files{(facts.NotCounted > 0 ? $", {facts.NotCounted} not counted" : "")}");
        return facts;
    }

    private string Render(FileCounts[] counted, int notCounted)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Sales\n\n{time.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {counted.Length} files, {counted.Sum(count => count.Rows)} rows.\n\n");
        text.Append("| product | amount |\n|---|---:|\n");
        foreach (IGrouping<string, decimal> product in counted.SelectMany(count => count.Sums).GroupBy(sum => sum.Key, sum => sum.Value).OrderBy(product => product.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"| {product.Key} | {product.Sum():0.00} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| **all** | **{counted.SelectMany(count => count.Sums.Values).Sum():0.00}** |\n\n");

        text.Append("| file | rows | bad rows | amount |\n|---|---:|---:|---:|\n");
        foreach (FileCounts count in counted)
            text.Append(CultureInfo.InvariantCulture, $"| {count.File} | {count.Rows} | {count.BadRows} | {count.Sums.Values.Sum():0.00} |\n");
        if (notCounted > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n{notCounted} files could not be counted.\n");
        return text.ToString();
    }
}
