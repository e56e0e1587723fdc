using System.Globalization;
using AsyncMQ.Sqlite;

namespace AsyncMQ.Faults.Kit;

/// <summary>One SQLite file, and a program with isolated handlers that works on it.</summary>
public sealed class IsolationLab : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("asyncmq-isolation-").FullName;
    private readonly ProcessRunner runner = new();
    private readonly AsyncMQHost host;

    public IsolationLab()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These tests look at processes as Linux shows them.");
        host = AsyncMQHost.Create(mq => mq.UseSqlite(Store).Configure(options => options.MaxPayloadBytes = 2 << 20));
    }

    public IJobQueue Jobs => host.Client.GetQueue("isolated");

    public IJobClient Client => host.Client;

    private string Store => Path.Combine(directory, "jobs.db");

    /// <summary>A file name of the lab's own.</summary>
    public string FileNamed(string name) => Path.Combine(directory, name);

    /// <summary>Starts the program, in one of the ways to build it.</summary>
    internal ChildProcess Start(string build = "plain") =>
        runner.Start("isolation worker", Path.Combine(AppContext.BaseDirectory, "AsyncMQ.IsolationWorker"), [Store, build]);

    /// <summary>Adds a job and waits until it has ended, and what it wrote is there.</summary>
    public async Task<JobInfo> RunAsync(string name, JobArgs? args = null, JobOptions? options = null) => await EndAsync((await Jobs.AddAsync(name, args, options)).Id);

    /// <summary>Waits until a job has ended.</summary>
    public async Task<JobInfo> EndAsync(string id)
    {
        JobInfo? job = null;
        await Until.TrueAsync($"{id} has ended", async () => (job = await Jobs.GetJobAsync(id))!.State is JobState.Completed or JobState.Failed or JobState.Cancelled);
        return job!;
    }

    /// <summary>Waits until a job has logged a line, and gives the numbers in it.</summary>
    public async Task<int[]> NumbersLoggedAsync(string id)
    {
        JobInfo? job = null;
        await Until.TrueAsync($"{id} has logged", async () => (job = await Jobs.GetJobAsync(id))!.Logs.Count > 0);
        return Numbers(job!.Logs[0].Text);
    }

    public static int[] Numbers(string text) =>
        [.. text.Split(' ').Where(word => int.TryParse(word, CultureInfo.InvariantCulture, out _)).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];

    /// <summary>Waits until processes are gone.</summary>
    public static Task GoneAsync(params IReadOnlyList<int> pids) => Until.TrueAsync($"{string.Join(", ", pids)} are gone", () => !pids.Any(IsAlive), TimeSpan.FromSeconds(20));

    /// <summary>True while a process runs; one that is dead and only not yet noticed does not.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{pid}/stat");
            return status[(status.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The processes that a process has started and that still run.</summary>
    public static IReadOnlyList<int> ChildrenOf(int pid) =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(other => IsAlive(other) && ParentOf(other) == pid)];

    public async ValueTask DisposeAsync()
    {
        runner.Dispose();
        await host.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static int ParentOf(int pid)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(status[(status.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
