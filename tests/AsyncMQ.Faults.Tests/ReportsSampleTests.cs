using System.Globalization;
using System.Text;
using AsyncMQ.Sqlite;

namespace AsyncMQ.Faults.Tests;

/// <summary>The sample keeps its promise: killed and restarted, it counts no file twice, and its report is right.</summary>
public sealed class ReportsSampleTests
{
    private const int Files = 20;
    private const int Kills = 4;
    private static readonly string[] Products = ["anvil", "bellows", "chisel"];

    [Fact]
    public async Task The_reports_sample_killed_and_restarted_counts_each_file_once_and_reports_right()
    {
        string folder = Directory.CreateTempSubdirectory("asyncmq-reports-").FullName;
        using var runner = new ProcessRunner();
        var random = new Random(TestSeed.First);
        FaultLab.Say($"seed {TestSeed.First}, {folder}");
        WriteFiles(folder, random);

        Dictionary<string, DateTimeOffset> counted = [];
        await using (AsyncMQHost host = Open(folder))
        {
            IJobQueue jobs = host.Client.GetQueue("files");
            for (int kill = 0; kill < Kills; kill++)
            {
                ChildProcess killed = Start(runner, folder);

                // Every second one is hit while it counts, the others somewhere in their start.
                if (kill % 2 == 0)
                    await Until.TrueAsync("the sample has counted another file", async () => killed.HasExited || (await jobs.GetStatsAsync()).Completed > counted.Count);
                await Task.Delay(random.Next(kill % 2 == 0 ? 40 : 700)); // a random moment, not a wait for anything
                killed.Kill();
                await CheckCountsAsync(folder, counted);
                FaultLab.Say($"killed with {counted.Count} of {Files} files counted");
            }
        }

        ChildProcess last = Start(runner, folder);
        Assert.True(await last.ExitAsync(2 * Until.Patience) == 0, last.Output);
        await CheckCountsAsync(folder, counted);
        Assert.Equal(Files, counted.Count);
        CheckReport(folder);
        Directory.Delete(folder, recursive: true);
    }

    private static ChildProcess Start(ProcessRunner runner, string folder) => runner.Start("reports", Path.Combine(AppContext.BaseDirectory, "Reports"), [folder, "--once"]);

    private static AsyncMQHost Open(string folder) => AsyncMQHost.Create(mq => mq.UseSqlite(StoreOf(folder)));

    private static string StoreOf(string folder) => Path.Combine(folder, "reports.db");

    private static void WriteFiles(string folder, Random random)
    {
        for (int file = 0; file < Files; file++)
        {
            var text = new StringBuilder("date,product,amount\n");
            for (int row = random.Next(5_000, 15_000); row > 0; row--)
            {
                string amount = row % 1_000 == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{random.Next(100, 100_000) / 100m}");
                text.Append(CultureInfo.InvariantCulture, $"2026-01-{random.Next(1, 29):00},{Products[random.Next(Products.Length)]},{amount}\n");
            }

            File.WriteAllText(Path.Combine(folder, $"sales-{file:00}.csv"), text.ToString());
        }
    }

    // Each file has one job, and what was counted before has not been counted again.
    private static async Task CheckCountsAsync(string folder, Dictionary<string, DateTimeOffset> counted)
    {
        await using (var store = new SqliteJobStore(new() { Path = StoreOf(folder) }, TimeProvider.System))
        {
            await store.StartAsync(CancellationToken.None);
            Assert.Empty(await store.AuditAsync(CancellationToken.None));
        }

        await using AsyncMQHost host = Open(folder);
        JobPage page = await host.Client.GetQueue("files").GetJobsAsync(new() { Take = 1_000 });
        Assert.True(page.Jobs.Count is 0 or Files, $"There are {page.Jobs.Count} jobs for {Files} files.");
        foreach (JobInfo job in page.Jobs.Where(job => job.State == JobState.Completed))
        {
            Assert.Equal(1, job.Attempt);
            Assert.Equal(counted.GetValueOrDefault(job.Id, job.FinishedAt!.Value), job.FinishedAt);
            counted[job.Id] = job.FinishedAt!.Value;
        }
    }

    private static void CheckReport(string folder)
    {
        string[] report = File.ReadAllLines(Path.Combine(folder, "report.md"));
        List<string> expected = [];
        var sums = Products.ToDictionary(product => product, _ => 0m);
        int all = 0;
        foreach (string path in Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal))
        {
            string[][] rows = [.. File.ReadAllLines(path).Skip(1).Select(line => line.Split(','))];
            string[][] good = [.. rows.Where(row => row[2] != "none")];
            foreach (string[] row in good)
                sums[row[1]] += Amount(row);
            all += good.Length;
            expected.Add(string.Create(CultureInfo.InvariantCulture, $"| {Path.GetFileName(path)} | {good.Length} | {rows.Length - good.Length} | {good.Sum(Amount):0.00} |"));
        }

        expected.AddRange(sums.Select(sum => string.Create(CultureInfo.InvariantCulture, $"| {sum.Key} | {sum.Value:0.00} |")));
        Assert.Empty(expected.Except(report));
        Assert.Contains(report, line => line.EndsWith($"{Files} files, {all} rows.", StringComparison.Ordinal));
        Assert.Equal(Files, report.Count(line => line.StartsWith("| sales-", StringComparison.Ordinal)));
    }

    private static decimal Amount(string[] row) => decimal.Parse(row[2], CultureInfo.InvariantCulture);
}
