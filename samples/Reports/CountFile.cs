using System.Globalization;
using AsyncMQ;

namespace Reports;

/// <summary>Counts one file.</summary>
[Job("csv.count", Queue = Queues.Files, Retries = 3)]
public sealed record CountFile(string Path) : IJob<FileCounts>;

/// <summary>What is in one file; kept as the job's result, and handed to the report.</summary>
public sealed record FileCounts(string File, int Rows, int BadRows, IReadOnlyDictionary<string, decimal> Sums);

/// <summary>Sums the column <c>amount</c> by the column <c>product</c>.</summary>
public sealed class CountFileHandler : IJobHandler<CountFile, FileCounts>
{
    public async Task<FileCounts> HandleAsync(CountFile job, JobContext context, CancellationToken cancellationToken)
    {
        if (!File.Exists(job.Path))
            throw new UnrecoverableJobException($"{job.Path} is gone.");

        int rows = 0, bad = 0;
        var sums = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        int product = -1, amount = -1;
        await foreach (string line in File.ReadLinesAsync(job.Path, cancellationToken))
        {
            string[] cells = line.Split(',');
            if (product < 0)
            {
                (product, amount) = (ColumnOf(cells, "product", job.Path), ColumnOf(cells, "amount", job.Path));
                continue;
            }

            if (cells.Length <= Math.Max(product, amount) || !decimal.TryParse(cells[amount], NumberStyles.Number, CultureInfo.InvariantCulture, out decimal value))
            {
                bad++;
                continue;
            }

            rows++;
            sums[cells[product]] = sums.GetValueOrDefault(cells[product]) + value;
        }

        return new(System.IO.Path.GetFileName(job.Path), rows, bad, sums);
    }

    // Trying again would not help: the job fails at once, and the report says so.
    private static int ColumnOf(string[] header, string name, string path) => Array.IndexOf(header, name) is >= 0 and int column
        ? column
        : throw new UnrecoverableJobException($"{path} has no column '{name}'; its first line must name its columns.");
}
